/**
 * The operator graph of a network: what every reader (ONNX, TensorFlow, Keras, GGUF) makes and every predictor of time
 * and memory reads. One vocabulary of operators for all frameworks; shapes are numbers, for one batch and input size.
 * The features of DNNAbacus (arXiv 2205.12095, section 3) are sums over this graph.
 */

/**
 * Canonical operators. Elementary operators that frameworks run as one kernel (GELU, layer norm, SiLU) are one node.
 * The order is that of the rows and columns of the network structural matrix: append only.
 */
export const OPERATORS = [
  'input',
  'convolution',
  'depthwise_convolution',
  'grouped_convolution',
  'transposed_convolution',
  'linear',
  'matmul',
  'attention',
  'embedding',
  'recurrent',
  'batch_norm',
  'layer_norm',
  'group_norm',
  'instance_norm',
  'rms_norm',
  'local_response_norm',
  'relu',
  'relu6',
  'leaky_relu',
  'sigmoid',
  'hard_sigmoid',
  'tanh',
  'silu',
  'hard_swish',
  'gelu',
  'softmax',
  'dropout',
  'max_pool',
  'average_pool',
  'global_pool',
  'add',
  'multiply',
  'elementwise',
  'reduce',
  'concat',
  'split',
  'slice',
  'pad',
  'transpose',
  'reshape',
  'copy',
  'gather',
  'resize',
  'rope',
  'mixture_of_experts',
  'loss',
  'control_flow',
  'unknown',
] as const;
export type OperatorType = (typeof OPERATORS)[number];

/** Dimensions, outermost first, as the framework lays them out. A scalar is `[]`. */
export type Shape = readonly number[];

export const PHASES = ['inference', 'train'] as const;
export type Phase = (typeof PHASES)[number];
export const PRECISIONS = ['fp32', 'tf32', 'fp16', 'bf16', 'fp64'] as const;
export type Precision = (typeof PRECISIONS)[number];
export const OPTIMIZERS = ['none', 'sgd', 'momentum', 'adagrad', 'rmsprop', 'adam', 'adamw'] as const;
export type Optimizer = (typeof OPTIMIZERS)[number];

const BYTES: Readonly<Record<Precision, number>> = { fp64: 8, fp32: 4, tf32: 4, fp16: 2, bf16: 2 };

/** Bytes of one activation or parameter held in `precision`; `tf32` is a way to compute, held as `fp32`. */
export function bytesPerElement(precision: Precision): number {
  return BYTES[precision];
}

/** Numbers that a cost depends on besides the shapes. Fields that do not apply to an operator are absent. */
export interface OperatorAttributes {
  /** Window of a convolution or pooling, by spatial dimension: `[3, 3]`. */
  readonly kernel?: readonly number[];
  readonly stride?: readonly number[];
  readonly dilation?: readonly number[];
  /** Zeros added, begin of all dimensions and then their ends. */
  readonly padding?: readonly number[];
  readonly groups?: number;
  readonly inputChannels?: number;
  readonly outputChannels?: number;
  /** The product that a convolution, linear layer or matmul comes to: `batch` times `[m, k] x [k, n]`. */
  readonly gemm?: { readonly batch: number; readonly m: number; readonly n: number; readonly k: number };
  /** Share of elements that a dropout zeroes, 0 to 1. */
  readonly ratio?: number;
  readonly axis?: number;
  readonly bias?: boolean;
}

/** One operator, that is one kernel or few in a framework run eagerly. */
export interface OperatorNode {
  /** Its place in `OperatorGraph.nodes`, which is an order of execution: every edge goes to a larger index. */
  readonly index: number;
  /** The file's name of the node, or one made from its output; for people. */
  readonly name: string;
  readonly operator: OperatorType;
  /** The framework's name, such as `Conv` or `Conv2D`; fused ones are joined by `+`. */
  readonly source: string;
  /** Activations that come in, in the order of the operator's arguments, without parameters and constants. */
  readonly inputs: readonly Shape[];
  readonly outputs: readonly Shape[];
  /** Sums over `inputs` and `outputs`. */
  readonly inputElements: number;
  readonly outputElements: number;
  /** Trained numbers that this operator reads. Shared ones are counted at their first user only. */
  readonly parameters: number;
  /** Sizes of the parameter tensors, as `parameters` counts them: each is one allocation. */
  readonly parameterTensors: readonly number[];
  /** Numbers kept beside the parameters but not trained: running statistics, masks. */
  readonly bufferTensors: readonly number[];
  /** Arithmetic of one forward pass; a multiply-add is 2. Exact for products, one to ten an element for others. */
  readonly flops: number;
  /** The output is the input under another shape: no kernel, no memory (reshape, transpose without copy, split, slice). */
  readonly isView: boolean;
  readonly attributes: OperatorAttributes;
  /** The calls of modules in which it runs, outermost first. Absent where the file does not tell. */
  readonly scope?: readonly string[];
}

/** A tensor that goes from output `output` of node `from` to input `input` of node `to`. */
export interface OperatorEdge {
  readonly from: number;
  readonly output: number;
  readonly to: number;
  readonly input: number;
  readonly elements: number;
}

export interface GraphTotals {
  /** One forward pass of the whole batch; a multiply-add is 2. */
  readonly flops: number;
  /** Trained numbers. */
  readonly parameters: number;
  /** Numbers kept but not trained. */
  readonly buffers: number;
  /** Outputs of all nodes that are not views and not inputs: what a forward pass writes. */
  readonly activationElements: number;
  readonly inputElements: number;
  readonly outputElements: number;
  /** Nodes that run something: neither inputs nor views. */
  readonly kernels: number;
  /** Nodes on the longest way from an input to an output. */
  readonly depth: number;
  /** Nodes by operator, in the order of `OPERATORS`. */
  readonly counts: Readonly<Record<OperatorType, number>>;
}

/** What a reader could not take as it is. A prediction from a graph with unknown operators is less certain. */
export interface GraphNotes {
  /** Operators that the reader does not know, by the framework's name: how many nodes. */
  readonly unknownOperators: Readonly<Record<string, number>>;
  /** Sentences for people: what was left out or assumed. */
  readonly warnings: readonly string[];
}

export type NetworkFormat = 'onnx' | 'keras' | 'tensorflow' | 'gguf';

export interface OperatorGraph {
  readonly name: string;
  readonly format: NetworkFormat;
  readonly phase: Phase;
  readonly batch: number;
  /** Height and width of the first input that is an image; absent for other networks. */
  readonly imageSize?: readonly [number, number];
  /** Channels of that image. */
  readonly imageChannels?: number;
  readonly nodes: readonly OperatorNode[];
  /** In the order of `to`, then of `input`. */
  readonly edges: readonly OperatorEdge[];
  /** Nodes whose output 0 (or another, by `output`) the network hands back. */
  readonly outputs: readonly { readonly node: number; readonly output: number }[];
  readonly totals: GraphTotals;
  readonly notes: GraphNotes;
}

/** How to make a graph of a network. */
export interface GraphOptions {
  /** Examples in a batch, from 1. Absent: the file's own where it has one, else 1. */
  readonly batch?: number;
  /** Height and width of images, or one number for both. Absent: the file's own. */
  readonly imageSize?: number | readonly [number, number];
  /** Tokens in an example, for networks whose file leaves the length open. */
  readonly sequenceLength?: number;
  /** `inference` leaves out dropouts. Absent: `inference`. */
  readonly phase?: Phase;
}

/** A network as its file describes it. `at` makes its graph for any batch and input size. */
export interface Network {
  readonly name: string;
  readonly format: NetworkFormat;
  /** Trained numbers, whatever the batch. */
  readonly parameters: number;
  /** What the file says; absent where it leaves the size open or the input is no image. */
  readonly imageSize?: readonly [number, number];
  /** False where layers are tied to the file's input size: `at` then refuses any other. */
  readonly imageSizeCanChange: boolean;
  /** What the file says about itself. */
  readonly metadata: Readonly<Record<string, string>>;
  /** Throws `ForetokenError` `invalid_network` where shapes do not fit each other, `invalid_option` for bad options. */
  at(options?: GraphOptions): OperatorGraph;
}

/** How a step is run, as far as its memory depends on it. */
export interface MemoryOptions {
  readonly phase: Phase;
  readonly optimizer: Optimizer;
  readonly precision: Precision;
  readonly framework?: 'pytorch' | 'tensorflow';
  /** Whether all parameters are updated together, as PyTorch does from 2.0 on graphics cards. Absent: one after another. */
  readonly updatesTogether?: boolean;
  /** Whether dropout keeps factors, as PyTorch does on processors, instead of one byte for each number. */
  readonly keepsFactors?: boolean;
}

/**
 * Bytes of a step, from a simulation of its allocations (`simulateMemory` in memory.ts). All include the rounding of
 * PyTorch's caching allocator; none includes what libraries take for themselves (CUDA context, cuDNN workspaces).
 */
export interface MemoryEstimate {
  readonly parameters: number;
  readonly buffers: number;
  readonly gradients: number;
  readonly optimizer: number;
  readonly inputs: number;
  /** Kept from the forward pass for the backward pass. */
  readonly savedActivations: number;
  /** Allocated between steps: parameters, buffers, gradients, optimizer state, the batch. */
  readonly allocated: number;
  /** Most that is allocated at any time of a step. */
  readonly peak: number;
  /** What the allocator holds at the peak: whole blocks of 2 MiB and more. */
  readonly reserved: number;
}
