/** What people type is read on the pages as the server reads it (the tables of `shared/domain`). */

import assert from "node:assert/strict";
import { test } from "node:test";

import { words as english } from "../words/en.js";
import { words as spanish } from "../words/es.js";
import { codeIn, gateIn, strangeIn } from "../modules/typed.js";

test("a code is the one six-digit number of what was pasted", () => {
  const texted = "Smith & Jones CPA: code 012345, asked 10:41 AM. Lasts 10 minutes. Help: 252-588-5772\n@a1b2.example #012345";
  for (const typed of ["012345", " 012 345 ", "012-345.", "\u202a012345\u202c", "0123\u00ad45", texted, "code=012345;"]) {
    assert.equal(codeIn(typed), "012345", JSON.stringify(typed));
  }
  for (const typed of ["", "12345", "1234567", "012345a", "１２３４５６", "012345 or 543210", "2025-11-21", "from 2525885772"]) {
    assert.equal(codeIn(typed), undefined, JSON.stringify(typed));
  }
});

test("digits are read as people write them, and a saved password is none", () => {
  for (const typed of ["6789", "67-89", "XXX-XX-6789", "***-**-6789", "#6789", "(6789)", "6789.", "\u200e6789", "67\u00ad89"]) {
    assert.deepEqual(gateIn(typed), { digits: "6789" }, JSON.stringify(typed));
  }
  for (const typed of ["hunter2!", "6789a", "٦٧٨٩", "+6789", "XXXX", "0x1234", "9XX-XX-6789", "6789!"]) {
    assert.deepEqual(gateIn(typed), { wrong: "text" }, JSON.stringify(typed));
  }
  assert.deepEqual(gateIn("XXX-XX-678"), { wrong: "length" });
  assert.deepEqual(gateIn(" \u200b-"), { wrong: "empty" });
});

test("the character that spoils an email address is named", () => {
  for (const [typed, strange] of [
    ["tim.o’connor@example.com", "’"],
    ["a b@x.com", " "],
    ["ann@@x.com", "@"],
    ["änn@x.com", "ä"],
    ["\u202aann+tax@bücher.example\u202c", undefined],
    ["ann", undefined],
  ]) {
    assert.equal(strangeIn(/** @type {string} */ (typed)), strange, typed);
  }
  assert.equal(english.emailStrange("’"), "An email address cannot hold a curly apostrophe (’). Type a straight one (').");
  assert.equal(spanish.emailStrange(" "), "Un correo electrónico no puede llevar un espacio.");
});
