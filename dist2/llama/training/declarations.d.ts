/**
 * Raw declarations of what training needs of ggml (`ggml.h`, `ggml-alloc.h`, `ggml-backend.h` of llama.cpp
 * 0.5.0): building a graph, its backward pass, and running it. Shapes are given fastest dimension first.
 */
import { type LibraryHandle } from 'koffi';
import { type Pointer } from '../declarations.js';
/** enum ggml_type, as far as it is used here. */
export declare const TensorType: {
    readonly F32: 0;
    readonly I32: 26;
};
/** GGML_BACKEND_DEVICE_TYPE_CPU */
export declare const CPU_DEVICE = 0;
/** GGML_STATUS_SUCCESS */
export declare const STATUS_SUCCESS = 0;
type P = Pointer;
type Unary = (context: P, a: P) => P;
type Binary = (context: P, a: P, b: P) => P;
export type Ggml = ReturnType<typeof declareGgml>;
export declare function declareGgml(ggml: LibraryHandle, base: LibraryHandle): {
    init: (params: {
        mem_size: number;
        mem_buffer: null;
        no_alloc: boolean;
    }) => P;
    free: (context: P) => void;
    tensorOverhead: () => number;
    graphOverhead: (size: number, grads: boolean) => number;
    newTensor: (context: P, type: number, a: number, b: number, c: number, d: number) => P;
    newVector: (context: P, type: number, length: number) => P;
    setParameter: (tensor: P) => void;
    setInput: (tensor: P) => void;
    setOutput: (tensor: P) => void;
    setLoss: (tensor: P) => void;
    data: (tensor: P) => P | null;
    add: Binary;
    mul: Binary;
    mulMat: Binary;
    getRows: Binary;
    swigluSplit: Binary;
    crossEntropy: Binary;
    cont: Unary;
    rmsNorm: (context: P, a: P, epsilon: number) => P;
    repeat: (context: P, a: P, n0: number, n1: number, n2: number, n3: number) => P;
    reshape: (context: P, a: P, n0: number, n1: number, n2: number, n3: number) => P;
    permute: (context: P, a: P, a0: number, a1: number, a2: number, a3: number) => P;
    softMax: (context: P, a: P, mask: P, scale: number, maxBias: number) => P;
    rope: (context: P, a: P, positions: P, factors: P | null, dimensions: number, mode: number, originalContext: number, frequencyBase: number, frequencyScale: number, extrapolation: number, attention: number, betaFast: number, betaSlow: number) => P;
    adamwStep: (context: P, weight: P, gradient: P, m: P, v: P, parameters: P) => P;
    newGraph: (context: P, size: number, grads: boolean) => P;
    buildForward: (graph: P, tensor: P) => void;
    buildBackward: (context: P, graph: P, accumulators: BigUint64Array) => void;
    graphNodes: (graph: P) => number;
    graphNode: (graph: P, index: number) => P;
    gradient: (graph: P, tensor: P) => P | null;
    cpuBufferType: () => P;
    allocateTensors: (context: P, bufferType: P) => P | null;
    bufferClear: (buffer: P, value: number) => void;
    bufferFree: (buffer: P) => void;
    newAllocator: (bufferType: P) => P;
    allocateGraph: (allocator: P, graph: P) => boolean;
    freeAllocator: (allocator: P) => void;
    newBackend: (deviceType: number, parameters: null) => P | null;
    freeBackend: (backend: P) => void;
    backendDevice: (backend: P) => P;
    deviceRegistry: (device: P) => P;
    procedure: (registry: P, name: string) => P | null;
    /** Also `.async(backend, graph, callback)`, which computes on a thread of libuv's pool. */
    compute: {
        (...args: any[]): any;
        async: (...args: any[]) => any;
        info: {
            name: string;
            arguments: import("koffi").TypeObject[];
            result: import("koffi").TypeObject;
        };
    };
};
/** void (*ggml_backend_set_n_threads_t)(ggml_backend_t backend, int n_threads) */
export declare const setThreadsPrototype: import("koffi").TypeObject;
export {};
