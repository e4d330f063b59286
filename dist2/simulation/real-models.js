const SIZES = [1, 2, 3, 4, 5, 6, 8, 12, 16, 24, 32, 64, 128, 256, 512];
const curve = (ms) => ({ tokens: SIZES, ms });
/** The same network for both, so from the quieter of the two runs. */
const DRAFT = curve([1.4, 1.4, 1.4, 1.4, 1.4, 1.4, 1.49, 1.57, 1.68, 1.76, 1.76, 2.71, 5.42, 11.9, 11.9]);
export const SMOLLM2_Q4_1 = {
    target: curve([9.48, 16.8, 23.6, 27.2, 38.2, 38.5, 47.8, 65.3, 89.7, 130, 173, 347, 666, 1390, 2770]),
    targetMsPerTokenCell: 0.00237,
    targetResizeMs: 0.93,
    targetAfterDraftMs: 0.3,
    draft: DRAFT,
    draftMsPerTokenCell: 0.00017,
    draftAfterTargetMs: 0.14,
};
export const SMOLLM2_Q8_0 = {
    target: curve([8.78, 15.2, 23.2, 24.9, 24.9, 24.9, 29.8, 40.9, 52.9, 81.5, 99.8, 204, 407, 806, 1610]),
    targetMsPerTokenCell: 0.0031,
    targetResizeMs: 0.96,
    targetAfterDraftMs: 0.3,
    draft: DRAFT,
    draftMsPerTokenCell: 0.00011,
    draftAfterTargetMs: 0.17,
};
//# sourceMappingURL=real-models.js.map