/**
 * Raw declarations of what training needs of ggml (`ggml.h`, `ggml-alloc.h`, `ggml-backend.h` of llama.cpp
 * 0.5.0): building a graph, its backward pass, and running it. Shapes are given fastest dimension first.
 */
import koffi, { type LibraryHandle } from 'koffi';
import { declare, type Pointer } from '../declarations.js';

/** struct ggml_init_params */
koffi.struct('ggml_init_params', {
  mem_size: 'size_t',
  mem_buffer: 'void *',
  no_alloc: 'bool',
});

/** enum ggml_type, as far as it is used here. */
export const TensorType = { F32: 0, I32: 26 } as const;
/** GGML_STATUS_SUCCESS */
export const STATUS_SUCCESS = 0;

type P = Pointer;
type Unary = (context: P, a: P) => P;
type Binary = (context: P, a: P, b: P) => P;

export type Ggml = ReturnType<typeof declareGgml>;

export function declareGgml(ggml: LibraryHandle, base: LibraryHandle) {
  return {
    // Contexts hold the descriptions of tensors; buffers their data.
    init: declare<(params: { mem_size: number; mem_buffer: null; no_alloc: boolean }) => P>(
      base,
      'void * ggml_init(ggml_init_params params)',
    ),
    free: declare<(context: P) => void>(base, 'void ggml_free(void * ctx)'),
    tensorOverhead: declare<() => number>(base, 'size_t ggml_tensor_overhead(void)'),
    graphOverhead: declare<(size: number, grads: boolean) => number>(
      base,
      'size_t ggml_graph_overhead_custom(size_t size, bool grads)',
    ),
    newTensor: declare<(context: P, type: number, a: number, b: number, c: number, d: number) => P>(
      base,
      'void * ggml_new_tensor_4d(void * ctx, int type, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3)',
    ),
    newVector: declare<(context: P, type: number, length: number) => P>(
      base,
      'void * ggml_new_tensor_1d(void * ctx, int type, int64_t ne0)',
    ),
    setParameter: declare<(tensor: P) => void>(base, 'void ggml_set_param(void * tensor)'),
    setInput: declare<(tensor: P) => void>(base, 'void ggml_set_input(void * tensor)'),
    setOutput: declare<(tensor: P) => void>(base, 'void ggml_set_output(void * tensor)'),
    setLoss: declare<(tensor: P) => void>(base, 'void ggml_set_loss(void * tensor)'),
    data: declare<(tensor: P) => P | null>(base, 'void * ggml_get_data(const void * tensor)'),

    // Operations; each gives the tensor of its result.
    add: declare<Binary>(base, 'void * ggml_add(void * ctx, void * a, void * b)'),
    sub: declare<Binary>(base, 'void * ggml_sub(void * ctx, void * a, void * b)'),
    sum: declare<Unary>(base, 'void * ggml_sum(void * ctx, void * a)'),
    relu: declare<Unary>(base, 'void * ggml_relu(void * ctx, void * a)'),
    scale: declare<(context: P, a: P, factor: number) => P>(
      base,
      'void * ggml_scale(void * ctx, void * a, float s)',
    ),
    mul: declare<Binary>(base, 'void * ggml_mul(void * ctx, void * a, void * b)'),
    mulMat: declare<Binary>(base, 'void * ggml_mul_mat(void * ctx, void * a, void * b)'),
    getRows: declare<Binary>(base, 'void * ggml_get_rows(void * ctx, void * a, void * b)'),
    swigluSplit: declare<Binary>(base, 'void * ggml_swiglu_split(void * ctx, void * a, void * b)'),
    crossEntropy: declare<Binary>(base, 'void * ggml_cross_entropy_loss(void * ctx, void * a, void * b)'),
    cont: declare<Unary>(base, 'void * ggml_cont(void * ctx, void * a)'),
    rmsNorm: declare<(context: P, a: P, epsilon: number) => P>(
      base,
      'void * ggml_rms_norm(void * ctx, void * a, float eps)',
    ),
    repeat: declare<(context: P, a: P, n0: number, n1: number, n2: number, n3: number) => P>(
      base,
      'void * ggml_repeat_4d(void * ctx, void * a, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3)',
    ),
    reshape: declare<(context: P, a: P, n0: number, n1: number, n2: number, n3: number) => P>(
      base,
      'void * ggml_reshape_4d(void * ctx, void * a, int64_t ne0, int64_t ne1, int64_t ne2, int64_t ne3)',
    ),
    permute: declare<(context: P, a: P, a0: number, a1: number, a2: number, a3: number) => P>(
      base,
      'void * ggml_permute(void * ctx, void * a, int axis0, int axis1, int axis2, int axis3)',
    ),
    softMax: declare<(context: P, a: P, mask: P | null, scale: number, maxBias: number) => P>(
      base,
      'void * ggml_soft_max_ext(void * ctx, void * a, void * mask, float scale, float max_bias)',
    ),
    rope: declare<
      (
        context: P,
        a: P,
        positions: P,
        factors: P | null,
        dimensions: number,
        mode: number,
        originalContext: number,
        frequencyBase: number,
        frequencyScale: number,
        extrapolation: number,
        attention: number,
        betaFast: number,
        betaSlow: number,
      ) => P
    >(
      base,
      'void * ggml_rope_ext(void * ctx, void * a, void * b, void * c, int n_dims, int mode, int n_ctx_orig, float freq_base, float freq_scale, float ext_factor, float attn_factor, float beta_fast, float beta_slow)',
    ),
    adamwStep: declare<(context: P, weight: P, gradient: P, m: P, v: P, parameters: P) => P>(
      base,
      'void * ggml_opt_step_adamw(void * ctx, void * a, void * grad, void * m, void * v, void * adamw_params)',
    ),

    // Graphs.
    newGraph: declare<(context: P, size: number, grads: boolean) => P>(
      base,
      'void * ggml_new_graph_custom(void * ctx, size_t size, bool grads)',
    ),
    buildForward: declare<(graph: P, tensor: P) => void>(
      base,
      'void ggml_build_forward_expand(void * cgraph, void * tensor)',
    ),
    buildBackward: declare<(context: P, graph: P, accumulators: BigUint64Array) => void>(
      base,
      'void ggml_build_backward_expand(void * ctx, void * cgraph, uint64_t * grad_accs)',
    ),
    graphNodes: declare<(graph: P) => number>(base, 'int ggml_graph_n_nodes(void * cgraph)'),
    graphNode: declare<(graph: P, index: number) => P>(base, 'void * ggml_graph_node(void * cgraph, int i)'),
    gradient: declare<(graph: P, tensor: P) => P | null>(
      base,
      'void * ggml_graph_get_grad(const void * cgraph, const void * node)',
    ),

    // Memory and running.
    cpuBufferType: declare<() => P>(base, 'void * ggml_backend_cpu_buffer_type(void)'),
    allocateTensors: declare<(context: P, bufferType: P) => P | null>(
      base,
      'void * ggml_backend_alloc_ctx_tensors_from_buft(void * ctx, void * buft)',
    ),
    bufferClear: declare<(buffer: P, value: number) => void>(
      base,
      'void ggml_backend_buffer_clear(void * buffer, uint8_t value)',
    ),
    bufferFree: declare<(buffer: P) => void>(base, 'void ggml_backend_buffer_free(void * buffer)'),
    newAllocator: declare<(bufferType: P) => P>(base, 'void * ggml_gallocr_new(void * buft)'),
    allocateGraph: declare<(allocator: P, graph: P) => boolean>(
      base,
      'bool ggml_gallocr_alloc_graph(void * galloc, void * graph)',
    ),
    freeAllocator: declare<(allocator: P) => void>(base, 'void ggml_gallocr_free(void * galloc)'),
    newBackend: declare<(deviceType: number, parameters: null) => P | null>(
      ggml,
      'void * ggml_backend_init_by_type(int type, const char * params)',
    ),
    freeBackend: declare<(backend: P) => void>(base, 'void ggml_backend_free(void * backend)'),
    /** Also `.async(backend, graph, callback)`, which computes on a thread of libuv's pool. */
    compute: base.func('int ggml_backend_graph_compute(void * backend, void * cgraph)'),
  };
}

/** void (*ggml_backend_set_n_threads_t)(ggml_backend_t backend, int n_threads) */
export const setThreadsPrototype = koffi.proto(
  'void ggml_backend_set_n_threads_t(void * backend, int n_threads)',
);
