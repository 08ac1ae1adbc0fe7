// Convolution, also with a bias and a ReLU, and its two gradients by oneDNN, as XLA FFI handlers for CPU.
//
// Arrays are dense and channels last: x (N, *in, C), kernel (*window, C / groups, O), y (N, *out, O), with one to three
// spatial axes. oneDNN names axes channels first; strides in a memory descriptor say where the elements really lie.
//
// Threads: the batch is shared out. Only a long call for fewer images than there are threads is left to OpenMP's, which
// are told not to spin.
#include <xmmintrin.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <new>

#include "support.h"

namespace {

enum Kind : int64_t { kForward = 0, kDataGradient = 1, kKernelGradient = 2, kForwardRelu = 3, kForwardBias = 4 };

// Everything that decides which code oneDNN generates: the key of the plan cache.
struct Problem {
  int64_t kind, bfloat16, rank, batch, chunks, threads, groups, c_in, c_out;
  std::array<int64_t, 3> in, window, out, strides, dilation, before;

  bool operator==(const Problem& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }

  bool HasBias() const { return kind == kForwardRelu || kind == kForwardBias; }
  // OpenMP's threads could not say that they met a NaN.
  bool Fused() const { return kind == kForwardRelu && threads == 1; }
};

// The primitives for one problem. The last chunk of a batch that does not divide evenly is smaller and has its own.
struct Plan {
  explicit Plan(const Problem& p);

  dnnl::primitive chunk, last;
  memory::desc x, y, last_x, last_y;
  memory::desc kernel, user_kernel;  // oneDNN's layout and ours
  memory::desc bias;
  dnnl::reorder reorder;             // between those two
  bool reordered;
  int64_t size;  // images in a chunk
  size_t scratch = 0;    // bytes for each chunk
  size_t workspace = 0;  // bytes in all
  bool fast = true;
};

memory::dims Spatial(const std::array<int64_t, 3>& values, int64_t rank) {
  return memory::dims(values.begin(), values.begin() + rank);
}

Plan::Plan(const Problem& p) : size((p.batch + p.chunks - 1) / p.chunks) {
  auto type = p.bfloat16 ? memory::data_type::bf16 : memory::data_type::f32;
  auto tag = p.rank == 1 ? memory::format_tag::nwc : p.rank == 2 ? memory::format_tag::nhwc : memory::format_tag::ndhwc;
  auto image = [&](int64_t n, int64_t channels, const std::array<int64_t, 3>& lengths) {
    memory::dims dims{n, channels};
    dims.insert(dims.end(), lengths.begin(), lengths.begin() + p.rank);
    return memory::desc(dims, type, tag);
  };

  // (*window, C / groups, O) seen as (groups, O / groups, C / groups, *window).
  memory::dims dims, steps;
  if (p.groups > 1) dims.push_back(p.groups), steps.push_back(p.c_out / p.groups);
  dims.push_back(p.c_out / p.groups), steps.push_back(1);
  dims.push_back(p.c_in / p.groups), steps.push_back(p.c_out);
  for (int64_t axis = 0; axis < p.rank; ++axis) {
    int64_t step = p.c_in / p.groups * p.c_out;
    for (int64_t inner = axis + 1; inner < p.rank; ++inner) step *= p.window[inner];
    dims.push_back(p.window[axis]), steps.push_back(step);
  }
  user_kernel = memory::desc(dims, type, steps);
  // The chunks' gradients are summed, so they stay in float32 until then.
  auto kernel_type = p.kind == kKernelGradient ? memory::data_type::f32 : type;
  memory::desc any(dims, kernel_type, memory::format_tag::any);

  memory::dims strides = Spatial(p.strides, p.rank), before = Spatial(p.before, p.rank), dilation, after;
  for (int64_t axis = 0; axis < p.rank; ++axis) {
    dilation.push_back(p.dilation[axis] - 1);
    int64_t extent = (p.window[axis] - 1) * p.dilation[axis] + 1;
    after.push_back((p.out[axis] - 1) * p.strides[axis] + extent - p.in[axis] - p.before[axis]);
  }

  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  if (p.Fused()) {
    dnnl::post_ops relu;
    relu.append_eltwise(dnnl::algorithm::eltwise_relu, 0.f, 0.f);
    attr.set_post_ops(relu);
  }
  if (p.HasBias()) bias = memory::desc({p.c_out}, type, memory::format_tag::a);
  bool forwards = p.kind == kForward || p.HasBias();
  auto algorithm = dnnl::algorithm::convolution_direct;
  auto make = [&](int64_t n, const memory::desc& wanted, memory::desc& x_desc, memory::desc& y_desc) {
    x_desc = image(n, p.c_in, p.in), y_desc = image(n, p.c_out, p.out);
    auto keep = [&](auto&& description) {
      kernel = p.kind == kKernelGradient ? description.query_md(dnnl::query::diff_weights_md)
                                         : description.query_md(dnnl::query::weights_md);
      fast = fast && IsFast(description);
      scratch = std::max(scratch, Align(description.scratchpad_desc().get_size()));
      return dnnl::primitive(description.get());
    };
    auto prop = forwards ? dnnl::prop_kind::forward_inference : dnnl::prop_kind::forward_training;
    memory::desc hint_kernel = forwards ? wanted : memory::desc(dims, type, memory::format_tag::any);
    dnnl::convolution_forward::primitive_desc forward(Engine(), prop, algorithm, x_desc, hint_kernel, bias, y_desc,
                                                      strides, dilation, before, after, attr);
    if (forwards) return keep(forward);
    if (p.kind == kDataGradient)
      return keep(dnnl::convolution_backward_data::primitive_desc(Engine(), algorithm, x_desc, wanted, y_desc, strides,
                                                                  dilation, before, after, forward, attr));
    return keep(dnnl::convolution_backward_weights::primitive_desc(Engine(), algorithm, x_desc, wanted, y_desc, strides,
                                                                   dilation, before, after, forward, attr));
  };
  chunk = make(size, any, x, y);
  int64_t rest = p.batch - (p.chunks - 1) * size;
  last = rest == size ? chunk : make(rest, memory::desc(kernel), last_x, last_y);
  if (rest == size) last_x = x, last_y = y;

  reordered = kernel != user_kernel;
  if (reordered) {
    bool out = p.kind == kKernelGradient;
    dnnl::reorder::primitive_desc description(Engine(), out ? kernel : user_kernel, Engine(),
                                              out ? user_kernel : kernel);
    reorder = dnnl::reorder(description);
  }
  workspace = (p.kind == kKernelGradient ? p.chunks : 1) * Align(kernel.get_size()) + p.chunks * scratch;
}

// Says whether this thread has met an invalid operand since the object was made. A maximum of a NaN and a number is
// one, and the number is its result: so oneDNN's ReLU makes 0 of a NaN, but not without a trace.
class InvalidFlag {
 public:
  InvalidFlag() : before_(_mm_getcsr()) { _mm_setcsr(before_ & ~_MM_EXCEPT_INVALID); }
  ~InvalidFlag() { _mm_setcsr(before_); }
  bool Raised() const { return _mm_getcsr() & _MM_EXCEPT_INVALID; }

 private:
  unsigned before_;
};

// max(y, 0) of n elements, where NaN stays NaN.
void Rectify(char* y, int64_t n, bool bfloat16) {
  if (bfloat16) {
    auto* bits = reinterpret_cast<uint16_t*>(y);
    for (int64_t i = 0; i < n; ++i) bits[i] = bits[i] >= 0x8000 && bits[i] <= 0xff80 ? 0 : bits[i];  // up to -inf
  } else {
    auto* values = reinterpret_cast<float*>(y);
    for (int64_t i = 0; i < n; ++i) values[i] = values[i] < 0.f ? 0.f : values[i];
  }
}

// Computes the problem; returns whether a fused ReLU may have lost a NaN.
bool Run(const Plan& plan, const Problem& p, ffi::ThreadPool& pool, char* workspace, char* x, char* kernel, char* bias,
         char* y) {
  Threads scope;
  std::atomic<bool> invalid{false};
  // workspace: the kernel in oneDNN's layout (a partial gradient for each chunk), then a scratchpad for each chunk.
  size_t kernel_bytes = Align(plan.kernel.get_size());
  bool gradient = p.kind == kKernelGradient;
  bool direct = !plan.reordered && (!gradient || p.chunks == 1);
  int64_t kernels = direct ? 0 : gradient ? p.chunks : 1;
  char* scratch = workspace + kernels * kernel_bytes;

  memory user_kernel(plan.user_kernel, Engine(), kernel);
  auto kernel_of = [&](int64_t i) {
    return memory(plan.kernel, Engine(), direct ? kernel : workspace + (gradient ? i : 0) * kernel_bytes);
  };
  if (!direct && !gradient) {
    memory ours = kernel_of(0);
    plan.reorder.execute(Stream(), user_kernel, ours);
  }
  ForEach(pool, p.chunks, [&](int64_t i) {
    Threads scope(p.threads);
    bool last = i == p.chunks - 1;
    memory x_i(last ? plan.last_x : plan.x, Engine(), x + i * plan.x.get_size());
    memory y_i(last ? plan.last_y : plan.y, Engine(), y + i * plan.y.get_size());
    memory scratch_i = Scratchpad(scratch + i * plan.scratch, plan.scratch);
    std::unordered_map<int, memory> arguments{{DNNL_ARG_SCRATCHPAD, scratch_i}};
    arguments[p.kind == kDataGradient ? DNNL_ARG_DIFF_SRC : DNNL_ARG_SRC] = x_i;
    arguments[gradient ? DNNL_ARG_DIFF_WEIGHTS : DNNL_ARG_WEIGHTS] = kernel_of(i);
    arguments[bias || p.kind == kForward ? DNNL_ARG_DST : DNNL_ARG_DIFF_DST] = y_i;
    if (bias) arguments[DNNL_ARG_BIAS] = memory(plan.bias, Engine(), bias);
    InvalidFlag flag;
    (last ? plan.last : plan.chunk).execute(Stream(), arguments);
    if (p.Fused() && flag.Raised()) invalid = true;
  });
  if (gradient && !direct) {
    float* sum = reinterpret_cast<float*>(workspace);
    int64_t n = plan.kernel.get_size() / sizeof(float), slice = (n + p.chunks - 1) / p.chunks;
    ForEach(pool, p.chunks, [&](int64_t part) {
      for (int64_t i = 1; i < p.chunks; ++i) {
        const float* partial = reinterpret_cast<const float*>(workspace + i * kernel_bytes);
        for (int64_t j = part * slice; j < std::min(n, (part + 1) * slice); ++j) sum[j] += partial[j];
      }
    });
    memory ours = kernel_of(0);
    if (plan.reordered) {
      plan.reorder.execute(Stream(), ours, user_kernel);
    } else {
      std::memcpy(kernel, sum, n * sizeof(float));
    }
  }
  return invalid;
}

// Whether the fields describe a convolution at all.
bool Sound(const Problem& p) {
  constexpr int64_t kLongest = 1 << 30;
  if (p.kind < kForward || p.kind > kForwardRelu || p.rank < 1 || p.rank > 3 || p.threads < 1 || p.threads > 4096 ||
      !Divisible(p.batch, p.chunks) || p.groups < 1 || p.c_in < 1 || p.c_out < 1 || p.c_in % p.groups ||
      p.c_out % p.groups)
    return false;
  for (int64_t axis = 0; axis < p.rank; ++axis) {
    for (int64_t length : {p.in[axis], p.window[axis], p.out[axis], p.strides[axis], p.dilation[axis]})
      if (length < 1 || length > kLongest) return false;
    if (p.before[axis] < 0 || p.before[axis] > kLongest) return false;
  }
  return true;
}

int64_t Images(const Problem& p, int64_t channels, const std::array<int64_t, 3>& lengths) {
  return Elements({p.batch, channels, lengths[0], p.rank > 1 ? lengths[1] : 1, p.rank > 2 ? lengths[2] : 1});
}

ffi::Error Read(ffi::Span<const int64_t> fields, Problem& p) {
  if (fields.size() * sizeof(int64_t) != sizeof p)
    return ffi::Error::InvalidArgument("oneDNN convolution: the problem has a number of fields that is not ours");
  std::memcpy(&p, fields.begin(), sizeof p);
  if (!Sound(p)) return ffi::Error::InvalidArgument("oneDNN convolution: the fields are those of no problem");
  return ffi::Error::Success();
}

char* Data(const ffi::AnyBuffer& array) { return static_cast<char*>(array.untyped_data()); }

ffi::Error Checked(ffi::ThreadPool& pool, const Problem& p, ffi::AnyBuffer x, ffi::AnyBuffer kernel,
                   const ffi::AnyBuffer* bias, ffi::AnyBuffer y, ffi::AnyBuffer workspace) {
  int64_t bytes = p.bfloat16 ? 2 : 4, outputs = Images(p, p.c_out, p.out);
  int64_t taps = Elements({p.window[0], p.rank > 1 ? p.window[1] : 1, p.rank > 2 ? p.window[2] : 1});
  bool sized = Sized(x, Images(p, p.c_in, p.in), bytes) && Sized(y, outputs, bytes) &&
               Sized(kernel, Elements({taps, p.c_in / p.groups, p.c_out}), bytes) &&
               p.HasBias() == (bias != nullptr) && (!bias || Sized(*bias, p.c_out, bytes));
  try {
    std::shared_ptr<const Plan> plan;
    if (!sized || workspace.size_bytes() < (plan = Find<Plan>(p, p.threads))->workspace)
      return ffi::Error::InvalidArgument("oneDNN convolution: the arrays do not have the sizes of the problem");
    char* bias_data = bias ? Data(*bias) : nullptr;
    bool again = Run(*plan, p, pool, Data(workspace), Data(x), Data(kernel), bias_data, Data(y));
    if (again) {
      Problem unfused = p;
      unfused.kind = kForwardBias;
      plan = Find<Plan>(unfused, p.threads);
      std::unique_ptr<char, decltype(&std::free)> room(
          static_cast<char*>(std::aligned_alloc(64, std::max<size_t>(64, Align(plan->workspace)))), &std::free);
      if (!room) throw std::bad_alloc();
      Run(*plan, unfused, pool, room.get(), Data(x), Data(kernel), bias_data, Data(y));
    }
    if (p.kind == kForwardRelu && (again || !p.Fused())) Rectify(Data(y), outputs, p.bfloat16);
  } catch (const std::exception& error) {
    return ffi::Error::Internal(std::string("oneDNN convolution: ") + error.what());
  }
  return ffi::Error::Success();
}

ffi::Error Convolve(ffi::ThreadPool pool, ffi::AnyBuffer a, ffi::AnyBuffer b, ffi::Result<ffi::AnyBuffer> result,
                    ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  Problem p;
  if (auto error = Read(problem, p); error.failure()) return error;
  ffi::AnyBuffer x = p.kind == kDataGradient ? *result : a;
  ffi::AnyBuffer kernel = p.kind == kKernelGradient ? *result : b;
  ffi::AnyBuffer y = p.kind == kForward ? *result : p.kind == kDataGradient ? a : b;
  return Checked(pool, p, x, kernel, nullptr, y, *workspace);
}

ffi::Error ConvolveRelu(ffi::ThreadPool pool, ffi::AnyBuffer x, ffi::AnyBuffer kernel, ffi::AnyBuffer bias,
                        ffi::Result<ffi::AnyBuffer> y, ffi::Result<ffi::AnyBuffer> workspace,
                        ffi::Span<const int64_t> problem) {
  Problem p;
  if (auto error = Read(problem, p); error.failure()) return error;
  return Checked(pool, p, x, kernel, &bias, *y, *workspace);
}

}  // namespace

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_convolve, Convolve,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY RESULT RESULT
                                  .Attr<ffi::Span<const int64_t>>("problem"));

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_convolve_relu, ConvolveRelu,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY RESULT RESULT
                                  .Attr<ffi::Span<const int64_t>>("problem"));

extern "C" int64_t jaxcnn_plan_convolution(const int64_t* problem) { return PlannedBytes<Plan, Problem>(problem, problem[5]); }

// The version of XLA's FFI that this was compiled for.
extern "C" int jaxcnn_ffi_major() { return XLA_FFI_API_MAJOR; }
extern "C" int jaxcnn_ffi_minor() { return XLA_FFI_API_MINOR; }

// Whether this processor computes in bfloat16 (oneDNN would otherwise emulate it, slowly).
extern "C" int jaxcnn_has_bfloat16() {
  auto isa = static_cast<unsigned>(dnnl::get_effective_cpu_isa());
  auto wanted = static_cast<unsigned>(dnnl::cpu_isa::avx512_core_bf16);
  return (isa & wanted) == wanted;
}
