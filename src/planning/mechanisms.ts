/**
 * The parts of the guessing policy that can be switched off one by one (`EngineOptions.speculation.without`), so that
 * each can be shown to earn its place: `foretoken simulate --ablate`.
 */
export const MECHANISMS = ['exploration'] as const;
export type Mechanism = (typeof MECHANISMS)[number];
