/** The access log tells staff the whole story of an attempt, as it happens. */

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";

import { looksRight } from "./looks.js";
import { recordsOn, sees, told } from "./mouse.js";
import { story } from "./stage.js";

story("the log tells how a client got in, newest first and while one looks on", async (stage) => {
  const page = await stage.signInAsOwner();
  await page.getByRole("main").getByRole("link", { name: "Access log" }).click();
  await told(page, "Staff sign-in success");
  await looksRight(page);

  const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
  const ask = (/** @type {object} */ body) => stage.call(client, "POST", "/api/firms/demo/challenges", body);
  await ask({ email: "jane@exmaple.com", gate: "6789" });
  await ask({ email: "jane@example.com", gate: "autofill" }).catch(() => {});
  await ask({ email: "jane@example.com", gate: "6798" });
  await ask({ email: "lee@example.com", gate: "1234" });
  await stage.settled();
  const { challenge } = await ask({ email: "jane@example.com", gate: "6789", channel: "email" });
  const code = await stage.code("jane@example.com");
  const answer = (/** @type {string} */ code) => stage.call(client, "POST", `/api/challenges/${challenge}/session`, { code });
  await assert.rejects(answer(code === "000000" ? "000001" : "000000"), /401/);
  await answer(code);
  const whole = page.getByRole("listitem").filter({ hasText: "signed in ✓" });
  await whole.getByRole("link", { name: "Jane Smith" }).waitFor();
  await whole.locator("summary").filter({ hasText: /^Browser filled in a password, wrong last 4 of SSN, .*corrected, .*wrong code, signed in ✓$/ }).waitFor();
  assert.equal(await whole.count(), 1);
  assert.equal(await whole.locator(".advice").count(), 0, "mended");
  await page.getByRole("status").filter({ hasText: /^New: Jane Smith: / }).waitFor({ state: "attached" });
  await looksRight(page);
  // It stays open, and the keyboard in it, while others come.
  await whole.locator("summary").focus();
  await page.keyboard.press("Enter");
  await whole.getByText("Client Access Authenticate Success", { exact: true }).waitFor();
  await whole.getByText(/IP address .* · browser Chrome/).first().waitFor();
  await ask({ email: "nobody@example.com", gate: "6789" });
  await page.getByText("nobody@example.com").first().waitFor();
  assert.ok(await whole.locator("summary").evaluate((element) => element === document.activeElement), "keyboard");
  assert.ok(await whole.getByText("Client Access Authenticate Success", { exact: true }).isVisible(), "open");
  const unknown = page.getByRole("listitem").filter({ hasText: "jane@exmaple.com" });
  await unknown.getByText("jane@exmaple.com", { exact: true }).waitFor();
  await unknown.getByText("Ask which email the client used.").waitFor();
  assert.equal(await unknown.getByRole("link").count(), 0);
  await looksRight(page);
  await page.getByRole("listitem").filter({ hasText: "missing sign-in check, mobile" }).getByRole("link", { name: "Lee Park" }).click();
  await sees(page, "Lee Park");
});

story("staff take the log with them, as a table and with its proof", async (stage) => {
  const page = await stage.signInAsOwner();
  await page.getByRole("main").getByRole("link", { name: "Access log" }).click();
  await told(page, "Staff sign-in success");
  for (const [button, first, ending] of [["Export as CSV", "at,outcome,", ".csv"], ["Export as JSON, with proof", '{"at":', ".jsonl"]]) {
    const saved = page.waitForEvent("download");
    await page.getByRole("button", { name: button }).click();
    const file = await saved;
    assert.match(file.suggestedFilename(), /^access-log-demo-\d{4}-\d\d-\d\d\./);
    assert.ok(file.suggestedFilename().endsWith(ending), file.suggestedFilename());
    const text = await readFile(await file.path(), "utf8");
    assert.ok(text.startsWith(first) && text.includes("staff-signed-in"), text.slice(0, 200));
  }
  await told(page, "Access log exported by Olive Owner");
  await looksRight(page);
});

story("staff find records by email and by what happened, and read on to the oldest", async (stage) => {
  const page = await stage.signInAsOwner();
  await stage.addContacts(page, Array.from({ length: 50 }, (_, index) => `Client ${index + 1}`));
  const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
  for (const [email, gate] of [["jane@example.com", "1234"], ["nobody@example.com", "1234"], ["jane@example.com", "6789"]]) {
    await stage.call(client, "POST", "/api/firms/demo/challenges", { email, gate });
  }
  await stage.settled();
  await page.goto(`${stage.url}/demo/staff/access-log`);
  await page.getByRole("button", { name: "Show more" }).click();
  await told(page, "Firm created with owner Olive Owner");
  const all = await recordsOn(page);
  assert.equal(all.filter((text) => text === "Contact created by Olive Owner").length, 54, "each stands there once");
  assert.equal(await page.getByRole("button", { name: "Show more" }).count(), 0);

  const email = page.getByLabel("Name or email", { exact: true });
  const search = page.getByRole("button", { name: "Search" });
  await email.fill("nobody@");
  await search.click();
  await page.getByText("Security code sent by SMS", { exact: true }).waitFor({ state: "detached" });
  await told(page, "No contact was found with this email");
  await looksRight(page);
  await email.fill(" jane SMITH ");
  await search.click();
  await told(page, "Security code sent by SMS");
  assert.ok((await recordsOn(page)).includes("The last 4 Digits of the SSN did not match"));
  assert.ok(!(await recordsOn(page)).includes("No contact was found with this email"));

  await page.getByLabel("What happened").selectOption("Wrong last 4 of SSN");
  await page.getByText("Security code sent by SMS", { exact: true }).waitFor({ state: "detached" });
  await told(page, "The last 4 Digits of the SSN did not match");
  await page.reload();
  await told(page, "The last 4 Digits of the SSN did not match");
  assert.deepEqual(await recordsOn(page), ["The last 4 Digits of the SSN did not match"]);
  assert.equal(await email.inputValue(), "jane SMITH");
  await page.getByLabel("What happened").selectOption("Wrong PIN");
  await page.getByText("Nothing matches. Change the search or choose “All”.").waitFor();
  await looksRight(page);
  await page.goto(`${stage.url}/demo/staff/access-log?outcome=made-up`);
  await told(page, "Security code sent by SMS");
});

story(
  "staff find records by when they were made, as their own clock has it",
  async (stage) => {
    await stage.context.clock.install();
    const page = await stage.signInAsOwner();
    await stage.wait(2 * 86_400);
    const client = await stage.open("/demo/sign-in", await stage.otherBrowser());
    await stage.call(client, "POST", "/api/firms/demo/challenges", { email: "nobody@example.com", gate: "1234" });
    await page.goto(`${stage.url}/demo/staff/access-log`);
    await stage.signInAgain(page);
    const [early, late] = ["Firm created with owner Olive Owner", "No contact was found with this email"];
    await told(page, early);
    await told(page, late);

    const when = page.getByLabel("When");
    await when.selectOption("Today");
    await page.getByText(early, { exact: true }).waitFor({ state: "detached" });
    await told(page, late);
    await page.reload();
    await told(page, late);
    assert.equal(await page.getByText(early, { exact: true }).count(), 0);
    await when.selectOption("Last 7 days");
    await told(page, early);

    // Half an hour before midnight there, a day after the clocks were put forward.
    await page.clock.setSystemTime("2026-03-10T03:30:00Z");
    for (const [period, from] of [["Today", "2026-03-09T04:00:00.000Z"], ["Last 7 days", "2026-03-03T05:00:00.000Z"]]) {
      const asked = page.waitForRequest((request) => request.url().includes(`from=${encodeURIComponent(from)}`));
      await when.selectOption(period);
      await asked;
    }
  },
  { timezoneId: "America/New_York" },
);
