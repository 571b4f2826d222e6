/** Which records make one story, and how it is told. */

import assert from "node:assert/strict";
import { test } from "node:test";

import { adviceOn, sentenceOf, storiesOf, wholeOnes } from "../modules/attempts.js";
import { staffWords as english } from "../words/staff-en.js";
import { staffWords as spanish } from "../words/staff-es.js";

/** @import { AccessRecord, Outcome } from "../modules/api.js" */

const PLACE = { ip: "192.0.2.1", user_agent: "Firefox", contact: "lee" };

/** @param {number} second @param {string} attempt @param {Outcome} outcome @param {Partial<AccessRecord>} [more] @returns {AccessRecord} */
const record = (second, attempt, outcome, more = PLACE) => ({
  at: new Date(Date.UTC(2026, 2, 2, 9) + second * 1000).toISOString(),
  record: `${attempt}-${second}`,
  attempt,
  outcome,
  message: outcome,
  values: {},
  ...more,
});

/** @param {AccessRecord[]} records oldest first @param {typeof english} [texts] */
const told = (records, texts = english) => storiesOf([...records].reverse()).map((story) => sentenceOf(story, texts));

const sent = { contact: "lee", message_id: "m", delivery: /** @type {const} */ ("accepted") };
const corrected = [
  record(0, "a", "ssn-mismatch"),
  record(1, "a", "honest-mail-sent", { contact: "lee" }),
  record(60, "b", "code-requested"),
  record(61, "b", "code-sent-sms", sent),
  record(62, "c", "sms-delivered", { contact: "lee", message_id: "m", delivery: "delivered" }),
  record(90, "b", "signed-in"),
];

test("wrong digits, corrected, and in: one story in both languages", () => {
  assert.deepEqual(told(corrected), ["wrong last 4 of SSN, told by email why no code came, corrected, code sent by text message, signed in ✓"]);
  assert.deepEqual(told(corrected, spanish), [
    "últimos 4 del SSN equivocados, se explicó por correo por qué no hubo código, corregido, código enviado por mensaje de texto, entró ✓",
  ]);
});

test("what can be read no more is said so, in the middle of a sentence too", () => {
  const unlocked = { outcome: "access-unlocked", message: "Access unlocked by [erased]", values: { staff: "[erased]" }, erased: ["staff"] };
  assert.equal(english.told(unlocked), "Access unlocked by [erased]");
  assert.match(spanish.told(unlocked), /\[borrado\]/);
  // Whoever is called so is not erased.
  assert.match(spanish.told({ ...unlocked, erased: [] }), /\[erased\]/);
});

const entered = [record(900, "b", "code-requested"), record(900, "b", "signed-in")];
for (const [what, first, count] of /** @type {[string, AccessRecord, number][]} */ ([
  ["to the second", record(0, "a", "pin-mismatch"), 1],
  ["a second too early", record(-1, "a", "pin-mismatch"), 2],
  ["from the same address with another browser", record(0, "a", "pin-mismatch", { ...PLACE, user_agent: "Safari" }), 1],
  ["from the same browser at another address", record(0, "a", "pin-mismatch", { ...PLACE, ip: "192.0.2.2" }), 1],
  ["from elsewhere", record(0, "a", "pin-mismatch", { contact: "lee", ip: "192.0.2.2", user_agent: "Safari" }), 2],
  ["by someone else", record(0, "a", "pin-mismatch", { ...PLACE, contact: "jane" }), 2],
  ["what is no try", record(0, "a", "signed-out"), 2],
])) {
  test(`fifteen minutes before someone got in: ${what}`, () => assert.equal(told([first, ...entered]).length, count));
}

test("without getting in, what one tries from one place is one story; elsewhere, or a while later, it is another", () => {
  const tries = [record(0, "a", "ssn-mismatch"), record(5, "b", "ssn-mismatch"), record(800, "c", "pin-mismatch")];
  assert.deepEqual(told(tries), ["wrong last 4 of SSN (2 times), wrong PIN"]);
  const elsewhere = record(900, "d", "ssn-mismatch", { ...PLACE, ip: "192.0.2.2", user_agent: "Safari" });
  const later = record(1701, "e", "ssn-mismatch");
  const stories = storiesOf([...tries, elsewhere, later].reverse());
  assert.deepEqual(stories.map(({ id }) => id), ["e", "d", "a"]);
  assert.deepEqual(
    stories.map((story) => adviceOn(story, stories, english.advice)),
    [english.advice["ssn-mismatch"], undefined, undefined],
    "on the newest alone",
  );
});

test("only what is not mended asks for something", () => {
  const [open] = storiesOf([record(0, "a", "ssn-mismatch")]);
  assert.equal(adviceOn(open, [open], english.advice), english.advice["ssn-mismatch"]);
  const [mailed] = storiesOf(corrected.slice(0, 2).reverse());
  assert.equal(adviceOn(mailed, [mailed], english.advice), english.advice["ssn-mismatch"], "not of the mail about it");
  const later = storiesOf([record(4000, "c", "signed-in"), record(0, "a", "ssn-mismatch")]);
  assert.deepEqual(later.map((story) => adviceOn(story, later, english.advice)), [undefined, undefined]);
});

test("what comes later or stands on another page joins its attempt, which stays the same one", () => {
  const [whole] = storiesOf([...corrected].reverse());
  const [part] = storiesOf(corrected.slice(2).reverse());
  assert.equal(part.id, whole.id);
  assert.equal(whole.records.length, corrected.length);
});

test("a story of which the beginning may stand on the next page waits for it", () => {
  const records = [record(4000, "c", "signed-in"), ...[...corrected].reverse().slice(0, 3)];
  const stories = storiesOf(records);
  assert.deepEqual(wholeOnes(stories, records, true).map(({ id }) => id), ["c"]);
  assert.deepEqual(wholeOnes(stories, records, false), stories);
  assert.deepEqual(wholeOnes(stories.slice(1), records, true), stories.slice(1), "better half a story than none");
});

test("what happened with a colleague says with whom and by whom, in both languages", () => {
  const values = { staff: "Olive Owner", member: "Adam Gold", before: "admin", after: "viewer", fields: ["role"] };
  const changed = [
    record(0, "a", "staff-updated", { values, message: "Staff member Adam Gold updated by Olive Owner: role" }),
    record(0, "a", "staff-role-changed", { values, message: "Role of Adam Gold changed by Olive Owner: admin to viewer" }),
  ];
  assert.deepEqual(told(changed), ["staff member Adam Gold updated by Olive Owner: role, role of Adam Gold changed by Olive Owner: admin to viewer"]);
  assert.match(told(changed, spanish)[0], /, función de Adam Gold cambiada por Olive Owner: Administrador → Lector$/);
});

test("what happened again is counted", () => {
  const again = [record(0, "a", "code-requested"), record(1, "a", "code-mismatch"), record(2, "a", "code-mismatch")];
  assert.deepEqual(told(again), ["code requested, wrong code (2 times)"]);
});
