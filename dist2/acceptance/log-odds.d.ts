/** Probabilities as log-odds, where effects add up; both directions are bounded, so nothing is ever certain. */
export declare function probabilityOf(logOdds: number): number;
export declare function logOddsOf(probability: number): number;
