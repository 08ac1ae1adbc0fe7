// Long short-term memory over all steps by one XLA FFI call on CPU: the forward pass, and its gradient.
//
// Sums (N, T, 4 U) are those of the gates i, f, candidate, o; outputs and cells (N, T, U); kernel (U, 4 U).
#include "recurrent.h"

// One row at one step: `sums` has the input's contribution, `product` the state's; writes the sum, c and h.
template <bool hard>
INLINE void StepRow(int64_t units, const float* __restrict input, const float* __restrict product,
                    const float* __restrict before, float* __restrict sums, float* __restrict c, float* __restrict h) {
  for (int64_t j = 0; j < 4 * units; ++j) sums[j] = input[j] + product[j];
  for (int64_t j = 0; j < units; ++j) {
    float i = Gate<hard>(sums[j]), f = Gate<hard>(sums[units + j]), o = Gate<hard>(sums[3 * units + j]);
    c[j] = f * before[j] + i * Tanh(sums[2 * units + j]);
    h[j] = o * Tanh(c[j]);
  }
}

FOR_EACH_PROCESSOR void StepForward(bool hard, int64_t units, const float* input, const float* product,
                                    const float* before, float* sums, float* c, float* h) {
  hard ? StepRow<true>(units, input, product, before, sums, c, h)
       : StepRow<false>(units, input, product, before, sums, c, h);
}

// The gradient of StepRow: from those of h and c (which becomes that of the c before) to those of the sums.
template <bool hard>
INLINE void StepBackRow(int64_t units, const float* __restrict sums, const float* __restrict c,
                        const float* __restrict before, const float* __restrict d_h, const float* __restrict d_output,
                        float* __restrict d_c, float* __restrict d_sums) {
  for (int64_t j = 0; j < units; ++j) {
    float i = Gate<hard>(sums[j]), f = Gate<hard>(sums[units + j]), o = Gate<hard>(sums[3 * units + j]);
    float candidate = Tanh(sums[2 * units + j]), squashed = Tanh(c[j]), d = d_h[j] + d_output[j];
    float inner = d_c[j] + d * o * (1.f - squashed * squashed);
    d_sums[j] = inner * candidate * GateSlope<hard>(i);
    d_sums[units + j] = inner * before[j] * GateSlope<hard>(f);
    d_sums[2 * units + j] = inner * i * (1.f - candidate * candidate);
    d_sums[3 * units + j] = d * squashed * GateSlope<hard>(o);
    d_c[j] = inner * f;
  }
}

FOR_EACH_PROCESSOR void StepBackward(bool hard, int64_t units, const float* sums, const float* c, const float* before,
                                     const float* d_h, const float* d_output, float* d_c, float* d_sums) {
  hard ? StepBackRow<true>(units, sums, c, before, d_h, d_output, d_c, d_sums)
       : StepBackRow<false>(units, sums, c, before, d_h, d_output, d_c, d_sums);
}

namespace {

struct Lstm : Steps {
  bool operator==(const Lstm& other) const { return std::memcmp(this, &other, sizeof *this) == 0; }
};

struct LstmPlan : StepsPlan {
  explicit LstmPlan(const Lstm& p) : StepsPlan(p, {{4, 0, 4}}, 4) {}
};

// (inputs, kernel, h, c, keep) to (outputs, cells, sums); the sums only where there is room for them.
ffi::Error Forward(ffi::ThreadPool pool, ffi::AnyBuffer inputs, ffi::AnyBuffer kernel, ffi::AnyBuffer h,
                   ffi::AnyBuffer c, ffi::AnyBuffer keep, ffi::Result<ffi::AnyBuffer> outputs,
                   ffi::Result<ffi::AnyBuffer> cells, ffi::Result<ffi::AnyBuffer> sums,
                   ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  bool saving = sums->size_bytes() > 0;
  Mask mask(keep);
  auto sizes = [&](const Lstm& p) {
    int64_t n = p.batch, t = p.steps, u = p.units;
    return Sized(inputs, {n, t, 4, u}) && Sized(kernel, {4, u, u}) && Sized(h, {n, u}) && Sized(c, {n, u}) &&
           Mask::Fits(keep, p) && Sized(*outputs, {n, t, u}) && Sized(*cells, {n, t, u}) &&
           (!saving || Sized(*sums, {n, t, 4, u}));
  };
  auto work = [&](const Lstm& p, Chunk& chunk) {
    const Multiplication& multiplication = chunk.products[0];
    float *state = multiplication.a, *product = multiplication.c;
    int64_t u = p.units;
    std::copy_n(Data(h) + chunk.first * u, chunk.rows * u, state);
    for (int64_t step = 0; step < p.steps; ++step) {
      multiplication.Run();
      for (int64_t row = 0; row < chunk.rows; ++row) {
        int64_t n = chunk.first + row, at = p.At(n, step);
        const float* before = step ? Data(*cells) + p.At(n, step - 1) * u : Data(c) + n * u;
        float* summed = saving ? Data(*sums) + at * 4 * u : chunk.more;
        if (mask.Stays(at)) {
          std::copy_n(before, u, Data(*cells) + at * u);
          std::fill_n(summed, 4 * u, 0.f);
        } else {
          StepForward(p.hard, u, Data(inputs) + at * 4 * u, product + row * 4 * u, before, summed,
                      Data(*cells) + at * u, state + row * u);
        }
        std::copy_n(state + row * u, u, Data(*outputs) + at * u);
      }
    }
  };
  return RunSteps<LstmPlan, Lstm>("oneDNN LSTM", problem, pool, kernel, *workspace, sizes, work);
}

// (kernel, c, cells, sums, keep, gradients of the outputs and of the last c) to the gradients of (inputs, h, c).
ffi::Error Backward(ffi::ThreadPool pool, ffi::AnyBuffer kernel, ffi::AnyBuffer c, ffi::AnyBuffer cells,
                    ffi::AnyBuffer sums, ffi::AnyBuffer keep, ffi::AnyBuffer d_outputs,
                    ffi::AnyBuffer d_last, ffi::Result<ffi::AnyBuffer> d_inputs,
                    ffi::Result<ffi::AnyBuffer> d_h, ffi::Result<ffi::AnyBuffer> d_c,
                    ffi::Result<ffi::AnyBuffer> workspace, ffi::Span<const int64_t> problem) {
  Mask mask(keep);
  auto sizes = [&](const Lstm& p) {
    int64_t n = p.batch, t = p.steps, u = p.units;
    return Sized(kernel, {4, u, u}) && Sized(c, {n, u}) && Sized(cells, {n, t, u}) && Mask::Fits(keep, p) &&
           Sized(sums, {n, t, 4, u}) && Sized(d_outputs, {n, t, u}) && Sized(d_last, {n, u}) &&
           Sized(*d_inputs, {n, t, 4, u}) && Sized(*d_h, {n, u}) && Sized(*d_c, {n, u});
  };
  auto work = [&](const Lstm& p, Chunk& chunk) {
    const Multiplication& multiplication = chunk.products[0];
    float *d_sums = multiplication.a, *d_state = multiplication.c;
    float* passing = chunk.more;  // the gradients of the states that stay, which the product would write over
    int64_t u = p.units;
    std::fill_n(d_state, chunk.rows * u, 0.f);
    std::copy_n(Data(d_last) + chunk.first * u, chunk.rows * u, Data(*d_c) + chunk.first * u);
    for (int64_t step = p.steps - 1; step >= 0; --step) {
      for (int64_t row = 0; row < chunk.rows; ++row) {
        int64_t n = chunk.first + row, at = p.At(n, step);
        const float* before = step ? Data(cells) + p.At(n, step - 1) * u : Data(c) + n * u;
        if (mask.Stays(at)) {
          std::fill_n(d_sums + row * 4 * u, 4 * u, 0.f);
          for (int64_t j = 0; j < u; ++j) passing[row * u + j] = d_state[row * u + j] + Data(d_outputs)[at * u + j];
        } else {
          StepBackward(p.hard, u, Data(sums) + at * 4 * u, Data(cells) + at * u, before, d_state + row * u,
                       Data(d_outputs) + at * u, Data(*d_c) + n * u, d_sums + row * 4 * u);
        }
        std::copy_n(d_sums + row * 4 * u, 4 * u, Data(*d_inputs) + at * 4 * u);
      }
      multiplication.Run();
      for (int64_t row = 0; mask && row < chunk.rows; ++row)
        if (mask.Stays(p.At(chunk.first + row, step))) std::copy_n(passing + row * u, u, d_state + row * u);
    }
    std::copy_n(d_state, chunk.rows * u, Data(*d_h) + chunk.first * u);
  };
  return RunSteps<LstmPlan, Lstm>("oneDNN LSTM", problem, pool, kernel, *workspace, sizes, work);
}

}  // namespace

XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_lstm_steps, Forward,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY ARRAY ARRAY RESULT RESULT RESULT
                                  RESULT.Attr<ffi::Span<const int64_t>>("problem"));
XLA_FFI_DEFINE_HANDLER_SYMBOL(jaxcnn_lstm_steps_gradient, Backward,
                              ffi::Ffi::Bind().Ctx<ffi::ThreadPool>() ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY ARRAY RESULT RESULT
                                  RESULT RESULT.Attr<ffi::Span<const int64_t>>("problem"));

extern "C" int64_t jaxcnn_plan_lstm(const int64_t* problem) { return PlannedBytes<LstmPlan, Lstm>(problem); }
