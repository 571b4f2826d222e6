/**
 * Changes of settings, in the words in which they are chosen.
 *
 * @typedef {{ setting: string, before: unknown, after: unknown }} Change
 * @typedef {{ questions: Record<string, { legend: string, options: Record<string, string[]> }>,
 *   numbers: Record<string, { label: string, option: (number: number) => string }>, requireMobile: string, yesNo: [string, string] }} Texts
 */

/** What a change is about, what it was, what it is, and, where that is told beside the choice, what it means. @param {Texts} texts @param {Change} change */
export function changeIn({ questions, numbers, requireMobile, yesNo }, { setting, before, after }) {
  const [question, number] = [questions[setting], numbers[setting]];
  const value = (/** @type {unknown} */ given) => {
    const one = String(given);
    return question?.options[one]?.[0] ?? number?.option(Number(one)) ?? (one === "true" ? yesNo[0] : one === "false" ? yesNo[1] : one);
  };
  const name = question?.legend ?? number?.label ?? (setting === "require_mobile" ? requireMobile : setting);
  return { name, before: value(before), after: value(after), meaning: question?.options[String(after)]?.[1] };
}

/** @param {Texts} texts @param {Change[]} changes */
export const changesIn = (texts, changes) =>
  changes
    .map((change) => changeIn(texts, change))
    .map(({ name, before, after }) => `${name}: ${before} → ${after}`)
    .join("; ");
