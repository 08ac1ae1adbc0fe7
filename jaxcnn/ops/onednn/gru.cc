// Gated recurrent unit over all steps by one XLA FFI call on CPU: the forward pass, and its gradient.
//
// Inputs (N, T, 3 U) are what they contribute to the gates z, r, candidate; outputs (N, T, U); kernel (U, 3 U). The
// reset gate is applied to the state, before its product with the candidate's kernel, or `after`, to the product and a
// bias (U), here called the inner sum. Values (N, T, 3 U or 4 U): z, r, candidate, and after also the inner sum.
#include "recurrent.h"

// One row at one step: z and r from the sums.
template <bool hard>
INLINE void GatesRow(int64_t units, const float* __restrict input, const float* __restrict product,
                     float* __restrict values) {
  for (int64_t j = 0; j < 2 * units; ++j) values[j] = Gate<hard>(input[j] + product[j]);
}

FOR_EACH_PROCESSOR void GruGates(bool hard, int64_t units, const float* input, const float* product, float* values) {
  hard ? GatesRow<true>(units, input, product, values) : GatesRow<false>(units, input, product, values);
}

FOR_EACH_PROCESSOR void GruReset(int64_t units, const float* __restrict values, const float* __restrict h,
                                 float* __restrict reset) {
  for (int64_t j = 0; j < units; ++j) reset[j] = values[units + j] * h[j];
}

// The candidate and the new h; `product` is the state's with the candidate's kernel.
FOR_EACH_PROCESSOR void GruState(int64_t units, const float* __restrict input, const float* __restrict product,
                                 float* __restrict values, float* __restrict h) {
  for (int64_t j = 0; j < units; ++j) {
    float z = values[j], candidate = Tanh(input[2 * units + j] + product[j]);
    values[2 * units + j] = candidate;
    h[j] = z * h[j] + (1.f - z) * candidate;
  }
}

FOR_EACH_PROCESSOR void GruStateAfter(int64_t units, const float* __restrict input, const float* __restrict product,
                                      const float* __restrict bias, float* __restrict values, float* __restrict h) {
  for (int64_t j = 0; j < units; ++j) {
    float z = values[j], inner = product[j] + bias[j];
    float candidate = Tanh(input[2 * units + j] + values[units + j] * inner);
    values[2 * units + j] = candidate;
    values[3 * units + j] = inner;
    h[j] = z * h[j] + (1.f - z) * candidate;
  }
}

// From the gradient of the new h, which becomes what z lets through of it, to those of the sums of z and the candidate.
template <bool hard>
INLINE void StateBackRow(int64_t units, const float* __restrict values, const float* __restrict before,
                         const float* __restrict product, const float* __restrict d_output, float* __restrict d_state,
                         float* __restrict d_z, float* __restrict d_candidate) {
  for (int64_t j = 0; j < units; ++j) {
    float z = values[j], candidate = values[2 * units + j], d = d_state[j] + product[j] + d_output[j];
    d_z[j] = d * (before[j] - candidate) * GateSlope<hard>(z);
    d_candidate[j] = d * (1.f - z) * (1.f - candidate * candidate);
    d_state[j] = d * z;
  }
}

FOR_EACH_PROCESSOR void GruStateBack(bool hard, int64_t units, const float* values, const float* before,
                                     const float* product, const float* d_output, float* d_state, float* d_z,
                                     float* d_candidate) {
  hard ? StateBackRow<true>(units, values, before, product, d_output, d_state, d_z, d_candidate)
       : StateBackRow<false>(units, values, before, product, d_output, d_state, d_z, d_candidate);
}

// From the gradient of r * h to that of the sum of r, and what r lets through to h.
template <bool hard>
INLINE void ResetBackRow(int64_t units, const float* __restrict values, const float* __restrict before,
                         const float* __restrict d_reset, float* __restrict d_state, float* __restrict d_r) {
  for (int64_t j = 0; j < units; ++j) {
    float r = values[units + j];
    d_r[j] = d_reset[j] * before[j] * GateSlope<hard>(r);
    d_state[j] += d_reset[j] * r;
  }
}

FOR_EACH_PROCESSOR void GruResetBack(bool hard, int64_t units, const float* values, const float* before,
                                     const float* d_reset, float* d_state, float* d_r) {
  hard ? ResetBackRow<true>(units, values, before, d_reset, d_state, d_r)
       : ResetBackRow<false>(units, values, before, d_reset, d_state, d_r);
}

// From the gradient of the candidate's sum to those of the sum of r and of the inner sum.
template <bool hard>
INLINE void InnerBackRow(int64_t units, const float* __restrict values, const float* __restrict d_candidate,
                         float* __restrict d_r, float* __restrict d_inner) {
  for (int64_t j = 0; j < units; ++j) {
    float r = values[units + j];
    d_r[j] = d_candidate[j] * values[3 * units + j] * GateSlope<hard>(r);
    d_inner[j] = d_candidate[j] * r;
  }
}

FOR_EACH_PROCESSOR void GruInnerBack(bool hard, int64_t units, const float* values, const float* d_candidate,
                                     float* d_r, float* d_inner) {
  hard ? InnerBackRow<true>(units, values, d_candidate, d_r, d_inner)
       : InnerBackRow<false>(units, values, d_candidate, d_r, d_inner);
}

namespace {

struct Gru : Steps {
  int64_t after;

  bool operator==(const Gru& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
  int64_t Values() const { return after ? 4 : 3; }
};

// The products: that of all gates, or those of z and r and of the candidate.
struct GruPlan : StepsPlan {
  explicit GruPlan(const Gru& p)
      : StepsPlan(p, p.after ? std::vector<Gates>{{3, 0, 3}} : std::vector<Gates>{{3, 0, 2}, {3, 2, 1}},
                  p.gradient ? 1 : p.Values()) {}
};

// (inputs, kernel, h, keep, bias) to (outputs, values); the values only where there is room for them.
ffi::Error Forward(ffi::ThreadPool pool, ffi::AnyBuffer inputs, ffi::AnyBuffer kernel, ffi::AnyBuffer h,
                   ffi::AnyBuffer keep, ffi::AnyBuffer bias, ffi::Result<ffi::AnyBuffer> outputs,
                   ffi::Result<ffi::AnyBuffer> values, ffi::Result<ffi::AnyBuffer> workspace,
                   ffi::Span<const int64_t> problem) {
  bool saving = values->size_bytes() > 0;
  Mask mask(keep);
  auto sizes = [&](const Gru& p) {
    int64_t n = p.batch, t = p.steps, u = p.units;
    return Sized(inputs, {n, t, 3, u}) && Sized(kernel, {3, u, u}) && Sized(h, {n, u}) && Mask::Fits(keep, p) &&
           Sized(bias, {p.after ? u : 0}) && Sized(*outputs, {n, t, u}) &&
           (!saving || Sized(*values, {n, t, p.Values(), u}));
  };
  auto work = [&](const Gru& p, Chunk& chunk) {
    const Multiplication &first = chunk.products.front(), &second = chunk.products.back();
    float *state = first.a, *reset = second.a;
    int64_t u = p.units, width = p.Values() * u, wide = p.after ? 3 * u : 2 * u;
    std::copy_n(Data(h) + chunk.first * u, chunk.rows * u, state);
    for (int64_t step = 0; step < p.steps; ++step) {
      auto each = [&](auto row_work) {
        for (int64_t row = 0; row < chunk.rows; ++row) {
          int64_t at = p.At(chunk.first + row, step);
          row_work(row, at, Data(inputs) + at * 3 * u, saving ? Data(*values) + at * width : chunk.more + row * width);
        }
      };
      first.Run();
      each([&](int64_t row, int64_t, const float* input, float* here) {
        GruGates(p.hard, u, input, first.c + row * wide, here);
        if (!p.after) GruReset(u, here, state + row * u, reset + row * u);
      });
      if (!p.after) second.Run();
      each([&](int64_t row, int64_t at, const float* input, float* here) {
        if (mask.Stays(at))
          std::fill_n(here, width, 0.f);
        else if (p.after)
          GruStateAfter(u, input, first.c + row * wide + 2 * u, Data(bias), here, state + row * u);
        else
          GruState(u, input, second.c + row * u, here, state + row * u);
        std::copy_n(state + row * u, u, Data(*outputs) + at * u);
      });
    }
  };
  return RunSteps<GruPlan, Gru>("oneDNN GRU", problem, pool, kernel, *workspace, sizes, work);
}

// (kernel, h, outputs, values, keep, gradient of the outputs) to the gradients of the inputs, of h, and of the state's
// products: those with the kernels of z and r (N, T, 2 U), and that with the candidate's (N, T, U).
ffi::Error Backward(ffi::ThreadPool pool, ffi::AnyBuffer kernel, ffi::AnyBuffer h, ffi::AnyBuffer outputs,
                    ffi::AnyBuffer values, ffi::AnyBuffer keep, ffi::AnyBuffer d_outputs,
                    ffi::Result<ffi::AnyBuffer> d_inputs, ffi::Result<ffi::AnyBuffer> d_h,
                    ffi::Result<ffi::AnyBuffer> d_gates, ffi::Result<ffi::AnyBuffer> d_inner,
                    ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  Mask mask(keep);
  auto sizes = [&](const Gru& p) {
    int64_t n = p.batch, t = p.steps, u = p.units;
    return Sized(kernel, {3, u, u}) && Sized(h, {n, u}) && Sized(outputs, {n, t, u}) &&
           Sized(values, {n, t, p.Values(), u}) && Mask::Fits(keep, p) && Sized(d_outputs, {n, t, u}) &&
           Sized(*d_inputs, {n, t, 3, u}) && Sized(*d_h, {n, u}) && Sized(*d_gates, {n, t, 2, u}) &&
           Sized(*d_inner, {n, t, u});
  };
  auto work = [&](const Gru& p, Chunk& chunk) {
    const Multiplication &last = chunk.products.front(), &candidate = chunk.products.back();
    float *product = last.c, *d_state = chunk.more;  // their sum is the gradient of the state
    int64_t u = p.units, width = p.Values() * u, wide = p.after ? 3 * u : 2 * u;
    std::fill_n(product, chunk.rows * u, 0.f);
    std::fill_n(d_state, chunk.rows * u, 0.f);
    for (int64_t step = p.steps - 1; step >= 0; --step) {
      auto each = [&](auto row_work) {
        for (int64_t row = 0; row < chunk.rows; ++row) {
          int64_t n = chunk.first + row, at = p.At(n, step);
          const float* before = step ? Data(outputs) + p.At(n, step - 1) * u : Data(h) + n * u;
          row_work(row, at, Data(values) + at * width, before, last.a + row * wide);
        }
      };
      each([&](int64_t row, int64_t at, const float* here, const float* before, float* d_sums) {
        float* d_input = Data(*d_inputs) + at * 3 * u;
        if (mask.Stays(at)) {
          std::fill_n(d_input, 3 * u, 0.f);
          std::fill_n(d_sums, wide, 0.f);
          if (!p.after) std::fill_n(candidate.a + row * u, u, 0.f);
          for (int64_t j = 0; j < u; ++j) d_state[row * u + j] += product[row * u + j] + Data(d_outputs)[at * u + j];
          return;
        }
        GruStateBack(p.hard, u, here, before, product + row * u, Data(d_outputs) + at * u, d_state + row * u, d_sums,
                     d_input + 2 * u);
        if (p.after)
          GruInnerBack(p.hard, u, here, d_input + 2 * u, d_sums + u, d_sums + 2 * u);
        else
          std::copy_n(d_input + 2 * u, u, candidate.a + row * u);
      });
      if (!p.after) candidate.Run();
      each([&](int64_t row, int64_t at, const float* here, const float* before, float* d_sums) {
        bool stays = mask.Stays(at);
        if (!p.after && !stays)
          GruResetBack(p.hard, u, here, before, candidate.c + row * u, d_state + row * u, d_sums + u);
        if (!stays) std::copy_n(d_sums, 2 * u, Data(*d_inputs) + at * 3 * u);
        std::copy_n(d_sums, 2 * u, Data(*d_gates) + at * 2 * u);
        std::copy_n(p.after ? d_sums + 2 * u : candidate.a + row * u, u, Data(*d_inner) + at * u);
      });
      last.Run();
      for (int64_t row = 0; mask && row < chunk.rows; ++row)
        if (mask.Stays(p.At(chunk.first + row, step))) std::fill_n(product + row * u, u, 0.f);
    }
    for (int64_t j = 0; j < chunk.rows * u; ++j) Data(*d_h)[chunk.first * u + j] = d_state[j] + product[j];
  };
  return RunSteps<GruPlan, Gru>("oneDNN GRU", problem, pool, kernel, *workspace, sizes, work);
}

}  // namespace

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_gru_steps, Forward,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY ARRAY ARRAY RESULT RESULT
                                  RESULT.Attr<ffi::Span<const int64_t>>("problem"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_gru_steps_gradient, Backward,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY RESULT RESULT
                                  RESULT RESULT RESULT.Attr<ffi::Span<const int64_t>>("problem"));

extern "C" int64_t jaxcnn_plan_gru(const int64_t* problem) { return PlannedBytes<GruPlan, Gru>(problem); }
