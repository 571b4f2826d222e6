/**
 * Changes of settings, in the words in which they are chosen.
 *
 * @typedef {{ setting: string, before: string, after: string }} Change
 * @typedef {{ questions: Record<string, { legend: string, options: Record<string, string[]> }>,
 *   numbers: Record<string, { label: string, option: (number: number) => string }>, requireMobile: string, yesNo: [string, string] }} Texts
 */

/** @param {Texts} texts @param {Change[]} changes */
export function changesIn(texts, changes) {
  const { questions, numbers, requireMobile, yesNo } = texts;
  return changes
    .map(({ setting, before, after }) => {
      const [question, number] = [questions[setting], numbers[setting]];
      const name = question?.legend ?? number?.label ?? (setting === "require_mobile" ? requireMobile : setting);
      const value = (/** @type {string} */ one) =>
        question?.options[one]?.[0] ?? number?.option(Number(one)) ?? (one === "true" ? yesNo[0] : one === "false" ? yesNo[1] : one);
      return `${name}: ${value(before)} → ${value(after)}`;
    })
    .join("; ");
}
