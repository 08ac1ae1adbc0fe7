// What the handlers have in common: oneDNN's engine, plans that are kept, and work shared out over XLA's threads.
//
// Threads: work is cut into equal chunks, each a single-threaded oneDNN call on a thread of XLA's own pool. A pool of
// OpenMP's beside it would spin for work while XLA's threads wait for the core: measured, that makes small calls a
// hundred times slower on a busy machine.
//
// Memory: the caller passes a workspace (XLA plans it with its other buffers), of the size that planning says.
#pragma once

#include <atomic>
#include <condition_variable>
#include <cstring>
#include <exception>
#include <initializer_list>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

#include "oneapi/dnnl/dnnl.hpp"
#include "xla/ffi/api/ffi.h"

extern "C" int omp_get_max_threads();
extern "C" void omp_set_num_threads(int);

namespace ffi = xla::ffi;

// An argument and a result of a handler, in its binding.
#define ARRAY .Arg<ffi::AnyBuffer>()
#define RESULT .Ret<ffi::AnyBuffer>()

using dnnl::memory;

struct HashBytes {
  template <typename Key>
  size_t operator()(const Key& key) const {
    return std::hash<std::string_view>()({reinterpret_cast<const char*>(&key), sizeof key});
  }
};

inline dnnl::engine& Engine() {
  static dnnl::engine engine(dnnl::engine::kind::cpu, 0);
  return engine;
}

inline dnnl::stream& Stream() {
  static thread_local dnnl::stream stream(Engine());
  return stream;
}

// How many elements an array of these lengths has; -1, which no array has, where a length is negative or there are too
// many.
inline int64_t Elements(std::initializer_list<int64_t> lengths) {
  int64_t count = 1;
  for (int64_t length : lengths)
    if (length < 0 || __builtin_mul_overflow(count, length, &count)) return -1;
  return count;
}

// Whether an array has exactly so many elements of so many bytes.
inline bool Sized(const ffi::AnyBuffer& array, int64_t elements, int64_t bytes) {
  int64_t size = Elements({elements, bytes});
  return size >= 0 && array.size_bytes() == static_cast<size_t>(size);
}

// Whether `length` can be cut into so many chunks, equal but for the last, none of them empty.
inline bool Divisible(int64_t length, int64_t chunks) {
  if (chunks < 1 || length < chunks) return false;
  int64_t size = (length - 1) / chunks + 1;
  return (chunks - 1) * size < length;
}

inline size_t Align(size_t bytes) { return (bytes + 63) / 64 * 64; }

// How many threads oneDNN takes, 1 being the calling one. OpenMP's thread count is a setting of that thread, which is
// XLA's or the user's: it gets back what it had.
class Threads {
 public:
  explicit Threads(int64_t count = 1) : before_(omp_get_max_threads()) { omp_set_num_threads(static_cast<int>(count)); }
  ~Threads() { omp_set_num_threads(before_); }

 private:
  int before_;
};

// At most this many plans: beyond it (shapes that never repeat) the cache starts afresh.
constexpr size_t kPlans = 1024;

template <typename Plan, typename Key>
std::shared_ptr<const Plan> Find(const Key& key, int64_t threads) {
  static std::mutex mutex;
  static std::unordered_map<Key, std::shared_ptr<const Plan>, HashBytes> plans;
  std::lock_guard<std::mutex> lock(mutex);
  if (plans.size() >= kPlans) plans.clear();  // who still runs one keeps it alive
  auto& plan = plans[key];                    // stays empty where planning throws
  if (!plan) {
    Threads scope(threads);  // oneDNN plans for the number of threads it sees
    plan = std::make_shared<const Plan>(key);
  }
  return plan;
}

// What planning from Python answers: bytes of workspace for the problem of these fields, or -1 if oneDNN has no fast code.
template <typename Plan, typename Key>
int64_t PlannedBytes(const int64_t* fields, int64_t threads = 1) {
  Key key;
  std::memcpy(&key, fields, sizeof key);
  try {
    auto plan = Find<Plan>(key, threads);
    return plan->fast ? static_cast<int64_t>(plan->workspace) : -1;
  } catch (const std::exception&) {
    return -1;
  }
}

// Whether the code that oneDNN has chosen is more than its plain reference loops.
template <typename Description>
bool IsFast(const Description& description) {
  return std::string_view(description.impl_info_str()).substr(0, 3) != "ref";
}

inline memory Scratchpad(char* data, size_t bytes) {
  return memory({{static_cast<int64_t>(bytes)}, memory::data_type::u8, memory::format_tag::a}, Engine(), data);
}

// Runs task(0) .. task(n - 1) on the calling thread and on the pool. The caller takes part and waits only for tasks
// that have begun, so handlers that occupy every thread of the pool cannot wait for each other.
template <typename Task>
void ForEach(ffi::ThreadPool& pool, int64_t n, const Task& task) {
  struct State {
    std::atomic<int64_t> next{0};
    std::mutex mutex;
    std::condition_variable finished;
    int64_t done = 0;
    std::exception_ptr error;
  };
  auto state = std::make_shared<State>();
  auto work = [state, n, &task] {
    for (int64_t i; (i = state->next.fetch_add(1)) < n;) {  // task is alive: the caller waits for every i below n
      std::exception_ptr error;
      try {
        task(i);
      } catch (...) {
        error = std::current_exception();
      }
      std::lock_guard<std::mutex> lock(state->mutex);
      if (error) state->error = error;
      if (++state->done == n) state->finished.notify_one();
    }
  };
  for (int64_t helper = 1; helper < n; ++helper) pool.Schedule([work] { work(); });
  work();
  std::unique_lock<std::mutex> lock(state->mutex);
  state->finished.wait(lock, [&] { return state->done == n; });
  if (state->error) std::rethrow_exception(state->error);
}
