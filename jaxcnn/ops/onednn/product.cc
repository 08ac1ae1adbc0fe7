// Products of two matrices by oneDNN, as an XLA FFI handler for CPU. The rows or columns are shared out over threads.
#include <algorithm>

#include "support.h"

namespace {

// A (m, k) times B (k, n), each with the step from row to row and from column to column, cut along the rows or columns
// of the result.
struct Product {
  int64_t bfloat16, m, n, k, a_row, a_column, b_row, b_column, chunks, by_rows;

  bool operator==(const Product& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
};

struct ProductPlan {
  explicit ProductPlan(const Product& p);

  dnnl::primitive chunk, last;
  memory::desc a, b, c, last_a, last_b, last_c;
  int64_t size;  // rows or columns in a chunk
  size_t scratch = 0;    // bytes for each chunk
  size_t workspace = 0;  // bytes in all
  bool fast = true;
};

ProductPlan::ProductPlan(const Product& p) {
  auto type = p.bfloat16 ? memory::data_type::bf16 : memory::data_type::f32;
  int64_t whole = p.by_rows ? p.m : p.n;
  size = (whole + p.chunks - 1) / p.chunks;
  dnnl::primitive_attr attr;
  attr.set_scratchpad_mode(dnnl::scratchpad_mode::user);
  auto make = [&](int64_t part, memory::desc& a, memory::desc& b, memory::desc& c) {
    int64_t m = p.by_rows ? part : p.m, n = p.by_rows ? p.n : part;
    a = memory::desc({m, p.k}, type, {p.a_row, p.a_column});
    b = memory::desc({p.k, n}, type, {p.b_row, p.b_column});
    c = memory::desc({m, n}, type, {p.n, 1});
    dnnl::matmul::primitive_desc description(Engine(), a, b, c, attr);
    fast = fast && IsFast(description);
    scratch = std::max(scratch, Align(description.scratchpad_desc().get_size()));
    return dnnl::primitive(description.get());
  };
  chunk = make(size, a, b, c);
  last = make(whole - (p.chunks - 1) * size, last_a, last_b, last_c);
  workspace = p.chunks * scratch;
}

ffi::Error Multiply(ffi::ThreadPool pool, ffi::AnyBuffer a, ffi::AnyBuffer b, ffi::Result<ffi::AnyBuffer> c,
                    ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  Product p;
  if (problem.size() * sizeof(int64_t) != sizeof p)
    return ffi::Error::InvalidArgument("oneDNN product: the problem has a number of fields that is not ours");
  std::memcpy(&p, problem.begin(), sizeof p);
  int64_t bytes = p.bfloat16 ? 2 : 4;
  auto dense = [](int64_t row, int64_t column, int64_t rows, int64_t columns) {
    return (row == columns && column == 1) || (row == 1 && column == rows);
  };
  bool sound = dense(p.a_row, p.a_column, p.m, p.k) && dense(p.b_row, p.b_column, p.k, p.n) &&
               Divisible(p.by_rows ? p.m : p.n, p.chunks) && Sized(a, Elements({p.m, p.k}), bytes) &&
               Sized(b, Elements({p.k, p.n}), bytes) && Sized(*c, Elements({p.m, p.n}), bytes);
  try {
    std::shared_ptr<const ProductPlan> plan;
    if (!sound || workspace->size_bytes() < (plan = Find<ProductPlan>(p, 1))->workspace)
      return ffi::Error::InvalidArgument("oneDNN product: the arrays do not have the sizes of the problem");
    ForEach(pool, p.chunks, [&](int64_t i) {
      Threads scope;
      bool last = i == p.chunks - 1;
      int64_t start = i * plan->size * bytes;
      auto at = [&](const memory::desc& desc, void* data, int64_t step) {
        return memory(desc, Engine(), static_cast<char*>(data) + start * step);
      };
      memory scratch =
          Scratchpad(static_cast<char*>(workspace->untyped_data()) + i * plan->scratch, plan->scratch);
      (last ? plan->last : plan->chunk)
          .execute(Stream(),
                   {{DNNL_ARG_SRC, at(last ? plan->last_a : plan->a, a.untyped_data(), p.by_rows ? p.a_row : 0)},
                    {DNNL_ARG_WEIGHTS, at(last ? plan->last_b : plan->b, b.untyped_data(), p.by_rows ? 0 : p.b_column)},
                    {DNNL_ARG_DST, at(last ? plan->last_c : plan->c, c->untyped_data(), p.by_rows ? p.n : 1)},
                    {DNNL_ARG_SCRATCHPAD, scratch}});
    });
  } catch (const std::exception& error) {
    return ffi::Error::Internal(std::string("oneDNN product: ") + error.what());
  }
  return ffi::Error::Success();
}

}  // namespace

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_multiply, Multiply,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY RESULT RESULT
                                  .Attr<ffi::Span<const int64_t>>("problem"));

extern "C" int64_t jaxcnn_plan_product(const int64_t* problem) { return PlannedBytes<ProductPlan, Product>(problem); }
