/** Prompts of random words, for load of a given size without a dataset. */
import { Random } from './random.js';
/** Common words that vocabularies trained on English hold as one token, the space before them included. */
const WORDS = ('the of and to in for is on that by this with you it not or be are from at as your all have new more an was we ' +
    'will home can us about if page my has search free but our one other do no information time they site he up may ' +
    'what which their news out use any there see only so his when contact here business who web also now help get view ' +
    'online first am been would how were services some these click its like service than find price date back top ' +
    'people had list name just over state year day into email two health world next used go work last most products ' +
    'music buy data make them should product system post her city add policy number such please available support ' +
    'message after best software then good video well where info rights public books high school through each links ' +
    'she review years order very book items company read group need many user said does set under general research ' +
    'university mail full map reviews program life').split(' ');
export function randomPrompts(options) {
    const random = new Random(options.seed);
    const words = (count) => Array.from({ length: count }, () => WORDS[random.index(WORDS.length)]);
    const prefix = words(options.prefixTokens);
    return Array.from({ length: options.count }, () => ({
        task: 'random',
        messages: undefined,
        prompt: [...prefix, ...words(options.inputTokens)].join(' '),
        maxTokens: options.maxTokens,
    }));
}
//# sourceMappingURL=random-prompts.js.map