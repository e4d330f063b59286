/** Says in words why a step was planned as it was: from the plan's own record, computed once more. */
import { forecastOf, planGuesses } from './planner.js';
import type { PlanRecord } from './plan-record.js';
import type { Choice, Forecast, GoodputPlan, PlanInput } from './types.js';

/** Lines of text. */
export function explainStep(record: PlanRecord): string[] {
  const { step, input, plan, guesses, outcome } = record;
  const { requests, prefill, costs } = input;
  const prefillTokens = prefill.reduce((sum, { tokens }) => sum + tokens, 0);
  const beside = prefillTokens > 0 ? ` beside ${prefillTokens} tokens of prompts` : '';
  const lines = [
    `step ${step}: ${countOf(requests.length, 'request')}${beside}`,
    `  without guesses  ${forecastText(plan.without)}`,
    `  as planned       ${forecastText(plan.forecast)}${gainText(plan)}`,
    `  as it came       ${forecastText({ ...plan.forecast, tokens: outcome.committed, ms: outcome.ms, draftMs: 0 })}` +
      (outcome.predictedMs === undefined
        ? ''
        : ` (the verified batch was predicted to take ${outcome.predictedMs.toFixed(2)} ms)`),
    `  a millisecond must bring ${plan.price.toFixed(2)} tokens${prefillTokens > 0 ? ', as it would without the prompts' : ''}; costs: table ${costs.version}`,
  ];
  plan.choices.forEach((choice, request) => {
    lines.push(...explainChoice(input, plan, choice, request));
    const { source, drafted, verified, survival } = guesses[request]!;
    if (source === undefined) return;
    const list = survival.slice(0, 16).map((each) => each.toFixed(2));
    lines.push(
      `    ${source} guessed ${drafted}, ${verified} verified; survival once drafted: ${list.join(' ') || 'none'}`,
    );
  });
  const again = planGuesses(input);
  if (!sameChoices(again.choices, plan.choices)) {
    lines.push('  computed again from this record the plan differs: it was made by another version');
  }
  return lines;
}

function explainChoice(input: PlanInput, plan: GoodputPlan, choice: Choice, request: number): string[] {
  const { fixed, options } = input.requests[request]!;
  const lines: string[] = [];
  const chosen = options[choice.option];
  const what = chosen === undefined ? 'no guesses' : `${chosen.source}, ${countOf(choice.length, 'guess')}`;
  lines.push(`  request ${choice.id}: ${what}${fixed ? ' (fixed by the request)' : ''}`);
  if (fixed) return lines;
  if (options.length === 0)
    lines.push(
      '    nothing to guess with: no proposer had a guess, speculation is off for it, or it is about to end',
    );
  else if (chosen === undefined && Number.isFinite(plan.gain))
    lines.push(`    no proposer pays: best gain ${(100 * plan.gain).toFixed(1)} %`);
  options.forEach(({ source, survival, catchUp }, option) => {
    const list = survival.slice(0, 8).map((each) => each.toFixed(2));
    const lag = catchUp > 2 ? `, after catching up on ${catchUp} tokens` : '';
    lines.push(`    ${source}: survival ${list.join(' ')}${survival.length > 8 ? ' …' : ''}${lag}`);
    for (const [label, length] of alternativesOf(choice, option, survival.length)) {
      const choices = plan.choices.map((one, at) => (at === request ? { ...one, option, length } : one));
      lines.push(`      ${label}: ${forecastText(forecastOf(input, { ...plan, choices }))}`);
    }
  });
  return lines;
}

/** The plans next to the chosen one: one guess more, one fewer, or the other source. */
function alternativesOf(choice: Choice, option: number, most: number): [string, number][] {
  if (choice.option !== option) return [[`with ${countOf(Math.min(3, most), 'guess')}`, Math.min(3, most)]];
  const alternatives: [string, number][] = [['one guess fewer', choice.length - 1]];
  if (choice.length < most) alternatives.push(['one guess more', choice.length + 1]);
  return alternatives;
}

function forecastText({ tokens, ms, draftMs }: Forecast): string {
  const drafting = draftMs > 0 ? `, ${draftMs.toFixed(2)} ms of it drafting` : '';
  return `${tokens.toFixed(2)} tokens in ${ms.toFixed(2)} ms = ${((1000 * tokens) / ms).toFixed(0)} tokens/s${drafting}`;
}

function gainText({ forecast, without }: GoodputPlan): string {
  const gain = forecast.tokens / forecast.ms / (without.tokens / without.ms) - 1;
  return gain === 0 ? '' : ` (${gain > 0 ? '+' : ''}${(100 * gain).toFixed(1)} %)`;
}

function sameChoices(a: readonly Choice[], b: readonly Choice[]): boolean {
  return a.every(({ option, length }, index) => option === b[index]?.option && length === b[index].length);
}

function countOf(count: number, noun: string): string {
  if (count === 1) return `1 ${noun}`;
  return `${count} ${noun}${noun.endsWith('s') ? 'es' : 's'}`;
}
