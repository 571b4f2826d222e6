/** What staff read of the access log: each outcome has its name, and what to do about it, in both languages. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";

import { OUTCOME_GROUPS } from "../modules/outcome-groups.js";
import { staffWords as english } from "../words/staff-en.js";
import { staffWords as spanish } from "../words/staff-es.js";

const { components } = JSON.parse(await readFile(new URL("../openapi.json", import.meta.url), "utf8"));
/** What only a newer version has words for needs none of this one. */
const documented = components.schemas.Record.properties.outcome.enum.filter((/** @type {string} */ name) => name !== "newer").toSorted();

/** What happens when all is well, and needs nothing to be done. */
const GOOD = [
  "access-unlocked",
  "change-told",
  "code-path-reopened",
  "code-requested",
  "code-requested-again",
  "code-sent-email",
  "code-sent-sms",
  "contact-created",
  "contact-updated",
  "device-signed-out",
  "settings-changed",
  "settings-tightened",
  "clients-signed-out",
  "document-deleted",
  "document-downloaded",
  "document-erased",
  "document-notice-requested",
  "document-notice-sent",
  "document-ready",
  "document-renamed",
  "document-restored",
  "email-delivered",
  "firm-created",
  "fresh-link-requested",
  "fresh-link-sent",
  "help-sent",
  "identity-confirmed",
  "invite-requested",
  "invite-resent",
  "invite-sent",
  "link-opened",
  "log-exported",
  "owner-link-made",
  "receipt-requested",
  "receipt-sent",
  "recovery-code-used",
  "second-factor-accepted",
  "second-factor-awaited",
  "second-factor-begun",
  "second-factor-off",
  "second-factor-on",
  "second-factor-reset",
  "second-factor-told",
  "factor-reset-texted",
  "sessions-ended",
  "signed-in",
  "signed-out",
  "sms-delivered",
  "staff-invite-sent",
  "staff-invited",
  "staff-removed",
  "staff-role-changed",
  "staff-signed-in",
  "staff-unlocked",
  "staff-updated",
  "texts-resumed",
  "upload-given-up",
  "upload-started",
];

test("each outcome that the API documents can be looked for, in one group", () => {
  assert.deepEqual(Object.values(OUTCOME_GROUPS).flat().toSorted(), documented);
});

for (const [language, { outcomes, advice }] of Object.entries({ english, spanish })) {
  test(`the outcomes that the API documents are named in ${language}, and no others`, () => {
    assert.deepEqual(Object.keys(outcomes).toSorted(), documented);
    assert.equal(new Set(Object.values(outcomes)).size, documented.length, "each can be told from the others");
  });

  test(`there is advice in ${language} for every outcome that needs one`, () => {
    assert.deepEqual(Object.keys(advice).concat(GOOD).toSorted(), documented);
  });
}
