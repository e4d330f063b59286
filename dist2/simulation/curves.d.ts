/**
 * What decodes cost on machines that are not here: curves that were measured by this project, and roofline
 * estimates from public figures. A simulation is as true as its curve, so each says where it comes from.
 *
 * Roofline after Williams et al., "Roofline: An Insightful Visual Performance Model" (CACM 2009): a decode
 * takes as long as reading its weights or doing its arithmetic, whichever is longer.
 */
import { type CostCurve, type CostTable } from '../costs/cost-table.js';
import { type BesideMs } from './h200.js';
export interface NamedCurve {
    readonly title: string;
    /** `measured` by this project, or `roofline`: worked out from public figures. */
    readonly kind: 'measured' | 'roofline';
    readonly costs: CostTable;
    /** What several sequences cost beside that (`h200.ts`). */
    readonly besideMs?: BesideMs;
    /** One pool of KV cells where nothing else is asked for; else a stream for each request, as `serve` has them. */
    readonly unified: boolean;
}
export declare const CURVES: {
    readonly demo: {
        readonly title: "EPYC, 2 cores, bundled models (27M Q8_0, draft 2.4M)";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly target: CostCurve;
            readonly draft: CostCurve;
            readonly version: number;
            readonly targetMsPerTokenCell: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly amx: {
        readonly title: "Sapphire Rapids with AMX, 2 cores, 135M Q8_0, draft 15M";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly target: CostCurve;
            readonly draft: CostCurve;
            readonly version: number;
            readonly targetMsPerTokenCell: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'milan-q8': {
        readonly title: "EPYC Milan, 2 cores, 113M Q8_0, draft 15M";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly target: CostCurve;
            readonly draft: CostCurve;
            readonly version: number;
            readonly targetMsPerTokenCell: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'milan-q4': {
        readonly title: "EPYC Milan, 2 cores, 113M Q4_0, draft 15M";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly target: CostCurve;
            readonly draft: CostCurve;
            readonly version: number;
            readonly targetMsPerTokenCell: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'milan-f16': {
        readonly title: "EPYC Milan, 2 cores, 113M F16, draft 15M";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly target: CostCurve;
            readonly draft: CostCurve;
            readonly version: number;
            readonly targetMsPerTokenCell: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'smollm2-q4_1': {
        readonly title: "EPYC, 2 cores, SmolLM2 135M Q4_1, draft of 2 layers of 128";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly draft: CostCurve | undefined;
            readonly targetMsPerTokenCell: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly target: CostCurve;
            readonly version: number;
            readonly targetMsPerOutput: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'smollm2-q8_0': {
        readonly title: "EPYC, 2 cores, SmolLM2 135M Q8_0, draft of 2 layers of 128";
        readonly kind: "measured";
        readonly unified: false;
        readonly costs: {
            readonly draft: CostCurve | undefined;
            readonly targetMsPerTokenCell: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly draftMsPerTokenCell: number;
            readonly target: CostCurve;
            readonly version: number;
            readonly targetMsPerOutput: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'gpu-7b': {
        readonly title: "H100, dense 7.2B in BF16 (32 layers, 8 KV heads of 128), draft 160M";
        readonly kind: "roofline";
        readonly unified: true;
        readonly costs: {
            readonly target: CostCurve;
            readonly targetMsPerTokenCell: number;
            readonly draft: CostCurve;
            readonly draftMsPerTokenCell: number;
            readonly version: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'moe-30b': {
        readonly title: "H100, mixture of experts, 30B with 3.3B active in BF16 (128 experts, 8 a token), draft 160M";
        readonly kind: "roofline";
        readonly unified: true;
        readonly costs: {
            readonly target: CostCurve;
            readonly targetMsPerTokenCell: number;
            readonly draft: CostCurve;
            readonly draftMsPerTokenCell: number;
            readonly version: number;
            readonly targetMsPerOutput: number;
            readonly targetResizeMs: number;
            readonly targetAfterDraftMs: number;
            readonly draftAfterTargetMs: number;
            readonly overheadMs: number;
            readonly overheadMsPerRow: number;
            readonly overheadMsGuessing: number;
        };
    };
    readonly 'h200-6b': {
        readonly costs: CostTable;
        readonly besideMs?: BesideMs;
        readonly title: "H200 through Vulkan, 6.34B Q8_0, draft 0.44B";
        readonly kind: "measured";
        readonly unified: false;
    };
    readonly 'h200-27m': {
        readonly costs: CostTable;
        readonly besideMs?: BesideMs;
        readonly title: "H200 through Vulkan, the demo target of 27M Q8_0, draft 2.4M";
        readonly kind: "measured";
        readonly unified: false;
    };
};
export type CurveName = keyof typeof CURVES;
export declare const CURVE_NAMES: CurveName[];
