/**
 * Access records as stories: one for each attempt, and one for what a person tried until they were in.
 *
 * @import { AccessRecord, Outcome } from "./api.js"
 * @import { StaffWords } from "./words.js"
 */

/** Tries so long before someone got in belong to the story of how they did. */
const STORY_MS = 15 * 60_000;

/** How someone tries to get in by code. @type {string[]} */
const TRIES = ["ssn-mismatch", "pin-mismatch", "autofill-suspected", "not-set-up", "code-requested"];
/** What the digits asked for were not. @type {string[]} */
const WRONG_DIGITS = ["ssn-mismatch", "pin-mismatch", "autofill-suspected"];
/** What tells where a message is; the sentence tells that it was sent. @type {string[]} */
const ARRIVED = ["email-delivered", "sms-delivered"];
/** What is told by the step that follows from it. @type {Record<string, string[]>} */
const FOLLOWED = {
  "code-requested": ["code-sent-sms", "code-sent-email"],
  "code-requested-again": ["code-sent-sms", "code-sent-email"],
  "invite-requested": ["invite-sent", "invite-resent"],
  "fresh-link-requested": ["fresh-link-sent"],
  "receipt-requested": ["receipt-sent"],
  "document-notice-requested": ["document-notice-sent"],
};

/** @typedef {{ id: string, at: string, records: AccessRecord[], gotIn: boolean }} Story records are oldest first */

/** @param {AccessRecord[]} records */
const gotIn = (records) => records.some(({ outcome }) => outcome === "signed-in");

/** @param {Story} story */
const personOf = ({ records }) => {
  const one = records.find(({ contact, email }) => contact || email);
  return one?.contact ?? one?.email?.toLowerCase();
};

/** Whether both came from one browser, or one address. @param {Story} one @param {Story} other */
const isFromSamePlace = (one, other) =>
  one.records.some(({ ip, user_agent }) =>
    other.records.some((record) => (ip && record.ip === ip) || (user_agent && record.user_agent === user_agent)),
  );

/**
 * Stories, the one that began last first. Each is known by the attempt that it ended with, so that it stays itself while records join it.
 *
 * @param {AccessRecord[]} records newest first
 * @returns {Story[]}
 */
export function storiesOf(records) {
  const sent = new Map(records.flatMap(({ delivery, message_id: of, attempt }) => (of && delivery === "accepted" ? [[of, attempt]] : [])));
  /** @type {Map<string, AccessRecord[]>} */
  const attempts = new Map();
  for (const record of [...records].reverse()) {
    const attempt = sent.get(record.message_id ?? "") ?? record.attempt;
    attempts.set(attempt, [...(attempts.get(attempt) ?? []), record]);
  }
  /** @type {Story[]} */
  const stories = [];
  for (const [id, own] of attempts) {
    stories.push({ id, at: own[0].at, records: own, gotIn: gotIn(own) });
  }
  return joined(stories).reverse();
}

/** @param {Story} story */
const isTry = (story) => story.records.some(({ outcome }) => TRIES.includes(outcome));

/**
 * Joins what a person tries from one place: to the story of how they got in soon after, else to their next try.
 *
 * @param {Story[]} stories oldest first
 */
function joined(stories) {
  /** @param {Story} story @returns {Story} */
  const endOf = (story) => {
    const person = personOf(story);
    if (story.gotIn || person === undefined || !isTry(story)) {
      return story;
    }
    const soonAfter = stories.filter((other) => {
      const reached = other.records.find(({ outcome }) => outcome === "signed-in") ?? other.records[0];
      const wait = Date.parse(reached.at) - Date.parse(story.at);
      return other !== story && wait >= 0 && wait <= STORY_MS && personOf(other) === person && isFromSamePlace(story, other);
    });
    // Of two that began at once each would be the next of the other.
    const nextTry = soonAfter.find((other) => isTry(other) && stories.indexOf(other) > stories.indexOf(story));
    return soonAfter.find((other) => other.gotIn) ?? (nextTry ? endOf(nextTry) : story);
  };
  /** @type {Map<Story, Story>} */
  const whole = new Map();
  for (const story of stories) {
    const end = endOf(story);
    const before = whole.get(end);
    const records = [...(before?.records ?? []), ...story.records].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    // As long as they try, others join at the end; once they are in, only what was earlier does.
    const id = end.gotIn ? end.id : (before?.id ?? story.id);
    whole.set(end, { id, at: records[0].at, records, gotIn: end.gotIn });
  }
  return [...whole.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
}

/**
 * The stories that are whole: what the last one began with may stand on the page that comes next.
 *
 * @param {Story[]} stories newest first
 * @param {AccessRecord[]} records newest first
 * @param {boolean} hasMore
 */
export function wholeOnes(stories, records, hasMore) {
  const oldest = records[records.length - 1];
  return hasMore && stories.length > 1 ? stories.filter((story) => !story.records.includes(oldest)) : stories;
}

/**
 * The records that stand inside of a story: those of messages that went out with what came back of them. That one was delivered is no
 * record of its own there.
 *
 * @param {Story} story
 */
export function stepsOf({ records }) {
  const sent = new Set(records.filter(({ delivery }) => delivery === "accepted").map((record) => record.message_id));
  /** @param {AccessRecord} record */
  const isReport = ({ message_id: of, delivery }) => Boolean(of) && delivery !== "accepted" && sent.has(of);
  return records
    .filter((record) => !(isReport(record) && record.delivery === "delivered"))
    .map((record) => ({
      ...record,
      id: record.record,
      reports: record.delivery === "accepted" ? records.filter((other) => isReport(other) && other.message_id === record.message_id) : [],
    }));
}

/** @typedef {ReturnType<typeof stepsOf>[number]} Step */

/**
 * What happened, in one sentence: "wrong last 4 of SSN, told by email why no code came, corrected, signed in ✓".
 *
 * @param {Story} story
 * @param {Pick<StaffWords, "outcomes" | "corrected" | "times" | "told">} texts
 */
export function sentenceOf({ records, gotIn }, texts) {
  const { outcomes, corrected, times } = texts;
  /** What happened with a colleague says with whom, and by whom. @param {AccessRecord} record */
  const said = ({ outcome, message, values }) => {
    const text = outcome === "newer" ? message : values.member ? texts.told({ outcome, message, values }) : outcomes[outcome];
    return text.startsWith(String(values.member)) ? text : within(text);
  };
  /** @type {{ step: string, count: number }[]} */
  const steps = [];
  let isWrong = false;
  records.forEach((record, index) => {
    const { outcome } = record;
    const later = records.slice(index + 1).map((record) => record.outcome);
    const isCorrected = isWrong && outcome === "code-requested";
    isWrong = WRONG_DIGITS.includes(outcome) || (isWrong && !isCorrected);
    const isTold = ARRIVED.includes(outcome) || FOLLOWED[outcome]?.some((next) => later.includes(/** @type {Outcome} */ (next)));
    if (isTold && !isCorrected) {
      return;
    }
    const step = isCorrected ? corrected : said(record);
    const last = steps[steps.length - 1];
    if (last?.step === step) {
      last.count += 1;
    } else {
      steps.push({ step, count: 1 });
    }
  });
  const sentence = (steps.length > 0 ? steps : [{ step: said(records[0]), count: 1 }])
    .map(({ step, count }) => (count > 1 ? times(step, count) : step))
    .join(", ");
  return gotIn ? `${sentence} ✓` : sentence;
}

/** As it stands within a sentence: "PIN" stays what it is. @param {string} words */
const within = (words) => (/^\p{Lu}{2}/u.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1));

/**
 * Which of its outcomes something is to be done about: the newest with advice, and none once that person got in, or where a newer story of
 * theirs has one.
 *
 * @param {Story} story
 * @param {Story[]} stories
 * @param {Partial<Record<Outcome, string>>} advice
 */
export function adviceOn(story, stories, advice) {
  const person = personOf(story);
  const isSettled = stories.some(
    (other) =>
      person !== undefined &&
      personOf(other) === person &&
      (other.gotIn ? Date.parse(other.at) >= Date.parse(story.at) : Date.parse(other.at) > Date.parse(story.at) && troubleIn(other, advice)),
  );
  if (story.gotIn || isSettled) {
    return undefined;
  }
  const record = troubleIn(story, advice);
  return record && advice[/** @type {Outcome} */ (record.outcome)];
}

/** What in a story there is advice on. @param {Story} story @param {Partial<Record<Outcome, string>>} advice */
function troubleIn(story, advice) {
  // What only a newer version of the portal has words for needs no advice of this one; and where no client is known, only what helps to
  // find out who it is does: most of those are staff.
  const troubles = [...story.records]
    .reverse()
    .filter(({ outcome, contact }) => outcome !== "newer" && (contact || outcome === "no-contact") && advice[outcome]);
  // The mail that tells of a mistake says less than the mistake.
  return troubles.find(({ outcome }) => outcome !== "honest-mail-sent") ?? troubles[0];
}
