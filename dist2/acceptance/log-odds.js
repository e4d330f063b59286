/** Probabilities as log-odds, where effects add up; both directions are bounded, so nothing is ever certain. */
/** Probabilities stay within (0.001, 0.999). */
const MOST_LOG_ODDS = 6.9;
export function probabilityOf(logOdds) {
    const bounded = Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, logOdds));
    return 1 / (1 + Math.exp(-bounded));
}
export function logOddsOf(probability) {
    const logOdds = Math.log(probability / (1 - probability));
    return Math.min(MOST_LOG_ODDS, Math.max(-MOST_LOG_ODDS, logOdds));
}
//# sourceMappingURL=log-odds.js.map