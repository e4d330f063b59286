/**
 * The draft of a request alone, which goes on only while that pays: what that promises, and the rule by which it
 * ends. The price of time decides how far it goes and follows itself from how far it goes (Dinkelbach, "On Nonlinear
 * Fractional Programming", 1967).
 */
import { StepForecast } from './step-forecast.js';
import { DraftStopRule, type ChainCosts } from './draft-stop-rule.js';
import type { Forecast, Made, PlanInput } from './types.js';

const PRICE_PASSES = 2;

export interface AlonePlan {
  readonly made: Made;
  /** When to end it. */
  readonly stopRule: DraftStopRule;
}

/**
 * Undefined where it does not pay, or the request is not alone or does not end its draft so.
 * @param goodput that is to be outdone
 * @param fixedPrice tokens that a millisecond must bring, where something else decides that
 */
export function planAlone(
  input: PlanInput,
  without: Forecast,
  goodput: number,
  fixedPrice: number | undefined,
): AlonePlan | undefined {
  const { requests, lateness } = input;
  const [request] = requests;
  const option = request!.options.findIndex(({ signalDistributions }) => signalDistributions !== undefined);
  if (requests.length > 1 || request!.fixed || option < 0) return undefined;
  const { signalDistributions } = request!.options[option]!;
  const costs = chainCosts(input, option);
  let price = fixedPrice ?? goodput;
  let best: AlonePlan | undefined;
  for (let pass = 0; pass < PRICE_PASSES; pass++) {
    const stopRule = new DraftStopRule(signalDistributions!, costs, price);
    const more = stopRule.promised;
    if (more.tokens === 0) break;
    const forecast: Forecast = {
      tokens: without.tokens + more.tokens,
      ms: without.ms + more.ms,
      draftMs: without.draftMs + more.draftMs,
      batchTokens: without.batchTokens + more.guesses,
    };
    const lengths = [Math.max(1, Math.round(more.guesses))];
    best = { made: { options: [option], lengths, padTo: 0, forecast, price }, stopRule };
    // What is promised and will not come is no reason to hurry.
    const next = fixedPrice ?? Math.max(goodput, forecast.tokens / forecast.ms / lateness);
    if (next <= price) break;
    price = next;
  }
  return best;
}

function chainCosts(input: PlanInput, option: number): ChainCosts {
  const { costs } = input;
  // Chains that end where it pays differ in length: the first of a run is no cheaper than the others.
  const previousTokens = input.previousTokens === 1 ? 0 : input.previousTokens;
  const sum = new StepForecast({ ...input, previousTokens }, [option]);
  const draftMs: number[] = [];
  const verifyMs: number[] = [];
  let before = sum.forecast();
  for (const survival of input.requests[0]!.options[option]!.survival) {
    sum.add(0, survival);
    const now = sum.forecast();
    const drafting = now.draftMs - before.draftMs;
    // What the first guess entails is paid whether it is verified or not.
    const entailed = draftMs.length === 0 ? costs.overheadMsGuessing + costs.targetAfterDraftMs : 0;
    draftMs.push(drafting + entailed);
    verifyMs.push(now.ms - before.ms - drafting - entailed);
    before = now;
  }
  return { draftMs, verifyMs };
}
