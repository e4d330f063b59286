/**
 * What flash attention costs with keys and values of several types, by ggml's own kernels on one thread, without a
 * model: 9 heads of 64 over 3 of keys and values and 256 cells, as in SmolLM2-135M. Short graphs in turn, so that the
 * least time of each stands for an undisturbed machine.
 *
 *   B=node_modules/@node-llama-cpp/linux-x64/bins/linux-x64     # headers: ggml/include of llama.cpp 0.5.0
 *   g++ -O2 -std=c++17 bench/attention.cpp -I HEADERS -L $B -Wl,-rpath,$PWD/$B -l:libggml.v0.5.0.so -l:libggml-base.so -o /tmp/attention
 *   /tmp/attention $B 60
 */
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <vector>

#include "ggml-backend.h"
#include "ggml-cpu.h"
#include "ggml.h"

static const int WIDTH = 64, HEADS = 9, KV_HEADS = 3, CELLS = 256;

struct Kind {
  const char * name;
  int tokens, repeats;
  ggml_cgraph * graph;
  double best;
};

static void fill(ggml_tensor * tensor) {
  const size_t count = ggml_nelements(tensor);
  std::vector<float> values(count);
  for (auto & value : values) value = 2.0f * rand() / RAND_MAX - 1.0f;
  if (tensor->type == GGML_TYPE_F32) memcpy(tensor->data, values.data(), count * sizeof(float));
  else ggml_quantize_chunk(tensor->type, values.data(), tensor->data, 0, count / WIDTH, WIDTH, nullptr);
}

int main(int argc, char ** argv) {
  if (argc != 3) return fprintf(stderr, "usage: attention FOLDER_OF_BACKENDS ROUNDS\n"), 2;
  ggml_backend_load_all_from_path(argv[1]);
  ggml_backend_t backend = ggml_backend_init_by_type(GGML_BACKEND_DEVICE_TYPE_CPU, nullptr);
  auto registry = ggml_backend_dev_backend_reg(ggml_backend_get_device(backend));
  auto set_threads = (ggml_backend_set_n_threads_t) ggml_backend_reg_get_proc_address(registry, "ggml_backend_set_n_threads");
  set_threads(backend, 1);
  const struct { const char * name; ggml_type k, v; } caches[] = {
    {"F16 / F16", GGML_TYPE_F16, GGML_TYPE_F16},   {"F16 / BF16", GGML_TYPE_F16, GGML_TYPE_BF16},
    {"BF16 / F16", GGML_TYPE_BF16, GGML_TYPE_F16}, {"F16 / Q8_0", GGML_TYPE_F16, GGML_TYPE_Q8_0},
    {"Q8_0 / F16", GGML_TYPE_Q8_0, GGML_TYPE_F16},
  };
  std::vector<Kind> kinds;
  for (int tokens : {1, 4, 256}) for (const auto & cache : caches) {
    ggml_context * context = ggml_init({64u << 20, nullptr, true});
    ggml_cgraph * graph = ggml_new_graph(context);
    auto q = ggml_new_tensor_3d(context, GGML_TYPE_F32, WIDTH, tokens, HEADS);
    auto k = ggml_new_tensor_3d(context, cache.k, WIDTH, CELLS, KV_HEADS);
    auto v = ggml_new_tensor_3d(context, cache.v, WIDTH, CELLS, KV_HEADS);
    auto mask = ggml_new_tensor_2d(context, GGML_TYPE_F16, CELLS, tokens);
    const int repeats = tokens > 4 ? 1 : 30;
    for (int i = 0; i < repeats; i++) ggml_build_forward_expand(graph, ggml_flash_attn_ext(context, q, k, v, mask, 0.125f, 0, 0));
    ggml_backend_alloc_ctx_tensors(context, backend);
    for (auto tensor : {q, k, v}) fill(tensor);
    memset(mask->data, 0, ggml_nbytes(mask));
    kinds.push_back({cache.name, tokens, repeats, graph, 1e30});
  }
  for (int round = atoi(argv[2]); round > 0; round--) for (auto & kind : kinds) {
    const auto start = std::chrono::steady_clock::now();
    ggml_backend_graph_compute(backend, kind.graph);
    const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;
    kind.best = std::min(kind.best, took.count());
  }
  for (const auto & kind : kinds)
    printf("%3d tokens, %-10s %6.1f ns a token, head and cell\n", kind.tokens, kind.name,
           kind.best / kind.repeats / kind.tokens / HEADS / CELLS);
}
