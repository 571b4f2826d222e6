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

/** Joins tries to the story of how that person got in from there soon after. @param {Story[]} stories oldest first */
function joined(stories) {
  /** @param {Story} story */
  const endOf = (story) => {
    if (story.gotIn || !story.records.some(({ outcome }) => TRIES.includes(outcome))) {
      return story;
    }
    const person = personOf(story);
    const end = stories.find((other) => {
      const entered = other.records.find(({ outcome }) => outcome === "signed-in");
      const wait = entered ? Date.parse(entered.at) - Date.parse(story.at) : -1;
      return wait >= 0 && wait <= STORY_MS && person !== undefined && personOf(other) === person && isFromSamePlace(story, other);
    });
    return end ?? story;
  };
  /** @type {Map<string, Story>} */
  const whole = new Map();
  for (const story of stories) {
    const { id, gotIn } = endOf(story);
    const before = whole.get(id);
    const records = [...(before?.records ?? []), ...story.records].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
    whole.set(id, { id, at: records[0].at, records, gotIn });
  }
  return [...whole.values()].sort((one, other) => Date.parse(one.at) - Date.parse(other.at));
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
 * @param {Pick<StaffWords, "outcomes" | "corrected" | "times">} texts
 */
export function sentenceOf({ records, gotIn }, { outcomes, corrected, times }) {
  /** @type {{ step: string, count: number }[]} */
  const steps = [];
  let isWrong = false;
  records.forEach(({ outcome, message }, index) => {
    const later = records.slice(index + 1).map((record) => record.outcome);
    const isCorrected = isWrong && outcome === "code-requested";
    isWrong = WRONG_DIGITS.includes(outcome) || (isWrong && !isCorrected);
    const isTold = ARRIVED.includes(outcome) || FOLLOWED[outcome]?.some((next) => later.includes(/** @type {Outcome} */ (next)));
    if (isTold && !isCorrected) {
      return;
    }
    const step = isCorrected ? corrected : outcome === "newer" ? message : within(outcomes[outcome]);
    const last = steps[steps.length - 1];
    if (last?.step === step) {
      last.count += 1;
    } else {
      steps.push({ step, count: 1 });
    }
  });
  const said = (steps.length > 0 ? steps : [{ step: within(outcomes[/** @type {Outcome} */ (records[0].outcome)]), count: 1 }])
    .map(({ step, count }) => (count > 1 ? times(step, count) : step))
    .join(", ");
  return gotIn ? `${said} ✓` : said;
}

/** As it stands within a sentence: "PIN" stays what it is. @param {string} words */
const within = (words) => (/^\p{Lu}{2}/u.test(words) ? words : words.charAt(0).toLowerCase() + words.slice(1));

/**
 * Which of its outcomes something is to be done about: the newest with advice, and none once that person got in.
 *
 * @param {Story} story
 * @param {Story[]} stories
 * @param {Partial<Record<Outcome, string>>} advice
 */
export function adviceOn(story, stories, advice) {
  const person = personOf(story);
  const isMended = stories.some(
    (other) => other.gotIn && person !== undefined && personOf(other) === person && Date.parse(other.at) >= Date.parse(story.at),
  );
  if (story.gotIn || isMended) {
    return undefined;
  }
  // What only a newer version of the portal has words for needs no advice of this one; and where no client is known, only what helps to
  // find out who it is does: most of those are staff.
  const troubles = [...story.records]
    .reverse()
    .filter(({ outcome, contact }) => outcome !== "newer" && (contact || outcome === "no-contact") && advice[outcome]);
  // The mail that tells of a mistake says less than the mistake.
  const record = troubles.find(({ outcome }) => outcome !== "honest-mail-sent") ?? troubles[0];
  return record && advice[/** @type {Outcome} */ (record.outcome)];
}
