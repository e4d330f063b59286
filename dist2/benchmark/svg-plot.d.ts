/**
 * Line plots as inline SVG, without any script: what a report needs and no more. Colours come from the page's style
 * sheet by class (`look-…`), so that they follow its light and dark scheme; markers differ in shape, too.
 */
export interface PlotPoint {
    readonly x: number;
    readonly y: number;
}
export interface Series {
    readonly name: string;
    readonly points: readonly PlotPoint[];
    /** Class that gives the colour. */
    readonly look: string;
    /** Hollow points alone, shaped as those of the series before, which they belong to; not in the legend. */
    readonly loose?: boolean;
}
export interface Plot {
    readonly title: string;
    readonly xLabel: string;
    readonly yLabel: string;
    /** Places 0, 1, 2, … of the x axis by name; without them x is a number. */
    readonly names?: readonly string[];
    /** Equal ratios look equal. Without it the y axis begins at 0. */
    readonly logarithmic?: boolean;
    readonly series: readonly Series[];
}
export declare const escapeText: (text: string) => string;
/** A number as people read it: three significant digits, no exponent. */
export declare function figure(value: number): string;
interface Axis {
    readonly low: number;
    readonly high: number;
    readonly ticks: readonly number[];
    /** 0 at the low end, 1 at the high. */
    readonly at: (value: number) => number;
}
/** From `low` to `high`, both moved out to a round number. */
export declare function linearAxis(low: number, high: number): Axis;
/** @param low above 0 */
export declare function logarithmicAxis(low: number, high: number): Axis;
/** A figure with its caption; a sentence in its place where there is nothing to draw. */
export declare function linePlot(plot: Plot): string;
export {};
