/** The table of contacts: its order, what can be looked for in it, and how it is read on any screen. */

import assert from "node:assert/strict";

import { holdsFocus, press as pressKey } from "./keyboard.js";
import { looksRight } from "./looks.js";
import { hasFocus, press, sees } from "./mouse.js";
import { SIZES, story, storyOnce } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const AT = "/demo/staff/contacts";
const MILLERS = "Sam and Robin Miller";

/** The owner's page of the contacts. @param {Stage} stage */
async function contacts(stage, query = "") {
  const page = await stage.signInAsOwner();
  await page.goto(stage.url + AT + query);
  await page.getByRole("table").waitFor();
  return page;
}

/** Goes to the contacts once the Millers are invited, and Jane Smith has got in. @param {Stage} stage */
async function busyContacts(stage) {
  const client = await stage.signInAsClient({}, await stage.otherBrowser());
  await client.close();
  const page = await stage.signInAsOwner();
  const { contact } = await stage.contact(page, MILLERS);
  await stage.call(page, "POST", `/api/contacts/${contact}/invitations`, {});
  await stage.settled();
  await page.goto(stage.url + AT);
  return page;
}

/** @param {Page} page @param {string} name */
const heading = (page, name) => page.getByRole("columnheader", { name, exact: true });
/** @param {Page} page @param {string} name */
const isFirst = (page, name) => page.getByRole("rowheader").first().getByRole("link", { name, exact: true }).waitFor();
/** @param {Page} page @param {string} name */
const row = (page, name) => page.getByRole("row").filter({ has: page.getByRole("link", { name, exact: true }) });
/** @param {Page} page */
const queryOf = (page) => new URL(page.url()).search;
/** @param {Page} page */
const chips = (page) => page.getByRole("group", { name: "Portal access" }).getByRole("button").allInnerTexts();

story("contacts are put in another order, which a reload and the way back keep", async (stage) => {
  const page = await busyContacts(stage);
  await isFirst(page, "Maria Garcia");
  const field = page.getByLabel("Sorted by");
  for (const [order, query, first] of [
    ["Last access", "?sort=-last-access", "Jane Smith"],
    ["Last invited", "?sort=-invited", MILLERS],
    ["Name, A to Z", "", "Maria Garcia"],
    ["Last invited", "?sort=-invited", MILLERS],
  ]) {
    await field.selectOption(order);
    await isFirst(page, first);
    assert.equal(queryOf(page), query);
  }
  await page.reload();
  await isFirst(page, MILLERS);
  await page.getByRole("link", { name: "Lee Park" }).click();
  await sees(page, "Lee Park");
  await page.goBack();
  await isFirst(page, MILLERS);
  assert.equal(await field.inputValue(), "-invited");
  await looksRight(page);
});

storyOnce(
  "headings put contacts in order, say which one does, and keep the keyboard",
  async (stage) => {
    const page = await busyContacts(stage);
    for (const [name, first, way] of [
      ["Last access", "Jane Smith", "descending"],
      ["Invited", MILLERS, "descending"],
      ["Name", "Maria Garcia", "ascending"],
    ]) {
      await heading(page, name).getByRole("button").press("Enter");
      await isFirst(page, first);
      assert.ok(await hasFocus(heading(page, name).getByRole("button")));
      assert.equal(await heading(page, name).getAttribute("aria-sort"), way);
      assert.equal(await page.locator("[aria-sort]").count(), 1);
    }
  },
  { viewport: SIZES.desktop },
);

story("chips say how many there are of each kind, and show them", async (stage) => {
  const page = await busyContacts(stage);
  await page.getByText("4 found.").waitFor();
  await press(page, "Missing 2");
  await page.getByText("2 found.").waitFor();
  assert.deepEqual((await chips(page)).map((chip) => chip.replace(/\s+/g, " ")), ["All 4", "Missing 2", "Never invited 3", "Never in 3", "Locked 0", "Ready 2"]);
  for (const [chip, query, count] of [
    ["Never invited 3", "?status=never-invited", "3 found."],
    ["Never in 3", "?status=never-in", "3 found."],
    ["Ready 2", "?status=ready", "2 found."],
    ["Locked 0", "?status=locked", "Nothing matches."],
    ["All 4", "", "4 found."],
  ]) {
    await press(page, chip);
    await page.getByRole("status").getByText(count).waitFor();
    assert.equal(queryOf(page), query);
    await page.getByRole("button", { name: chip, exact: true, pressed: true }).waitFor();
    assert.equal(await page.locator("[aria-pressed=true]").count(), 1);
    await looksRight(page);
  }
  await press(page, "Missing 2");
  await row(page, "Lee Park").getByRole("link").click();
  await sees(page, "Lee Park");
  await page.goBack();
  await page.getByText("2 found.").waitFor();
  assert.equal(queryOf(page), "?status=missing");
});

story("without their counts chips do their work, and an address that names nothing known shows all", async (stage) => {
  await stage.context.route(/\/api\/contacts\/summary/, (route) => route.fulfill({ status: 503 }));
  const page = await contacts(stage, "?status=elsewhere&sort=height");
  await page.getByText("4 found.").waitFor();
  assert.deepEqual(await chips(page), ["All", "Missing", "Never invited", "Never in", "Locked", "Ready"]);
  await press(page, "Missing");
  await page.getByText("2 found.").waitFor();
  await looksRight(page);
});

story("a search of very many says how far it has looked, in the language of the page", async (stage) => {
  /** @type {() => void} */
  let goOn = () => {};
  const rest = new Promise((resolve) => (goOn = () => resolve(undefined)));
  const counts = { contacts: 100_000, ready: 90_000, missing: 10_000, locked: 0, never_invited: 0, never_in: 0 };
  await stage.context.route(/\/api\/contacts\/summary/, (route) => route.fulfill({ json: counts }));
  const page = await contacts(stage);
  await stage.context.route(/\/api\/contacts\?/, async (route) => {
    const isFirst = !route.request().url().includes("cursor=");
    await (isFirst || rest);
    await route.fulfill({ json: { items: [], cursor: isFirst ? "on" : null, looked_at: isFirst ? 4000 : 96_000 } });
  });
  await page.getByLabel("Name, email or mobile").fill("nobody");
  await press(page, "Search");
  const said = page.getByRole("main").getByRole("status");
  await said.getByText("Looked through 4,000 of 100,000.").waitFor();
  await press(page, "Español");
  await said.getByText("Se revisaron 4,000 de 100,000.").waitFor();
  await page.getByRole("button", { name: "Falta algo 10,000" }).waitFor();
  goOn();
  await said.getByText("Nada coincide.").waitFor();
  assert.equal(await page.getByText("Se revisaron").count(), 0);
  await looksRight(page);
});

storyOnce(
  "a desk shows fourteen contacts at once, each of which is opened by a press anywhere on it",
  async (stage) => {
    const page = await stage.signInAsOwner();
    await stage.addContacts(page, Array.from({ length: 16 }, (_, index) => `Client ${index + 1}`));
    await stage.settled();
    await page.goto(stage.url + AT);
    await page.getByText("20 found.").waitFor();
    const rows = page.locator("tbody").getByRole("row");
    const bottoms = await rows.evaluateAll((rows) => rows.map((row) => row.getBoundingClientRect().bottom));
    const inSight = bottoms.filter((bottom) => bottom <= SIZES.desktop.height);
    assert.ok(inSight.length >= 14, `${inSight.length}`);
    await row(page, "Lee Park").click({ position: { x: 900, y: 4 } });
    await sees(page, "Lee Park");
  },
  { viewport: SIZES.desktop },
);

storyOnce(
  "by keyboard alone staff look for some, put them in order, open one, and come back to it",
  async (stage) => {
    const page = await busyContacts(stage);
    await pressKey(page, "button", "Never in 3");
    await page.getByText("3 found.").waitFor();
    await holdsFocus(page);
    await pressKey(page, "button", "Invited");
    await isFirst(page, MILLERS);
    await pressKey(page, "link", "Lee Park");
    await sees(page, "Lee Park");
    await page.goBack();
    await isFirst(page, MILLERS);
    const lee = page.getByRole("link", { name: "Lee Park", exact: true });
    await lee.and(page.locator(":focus")).waitFor();
    assert.equal(queryOf(page), "?status=never-in&sort=-invited");
  },
  { viewport: SIZES.desktop },
);

storyOnce(
  "on a phone each contact is a card that names its facts, and still a row of a table",
  async (stage) => {
    const page = await contacts(stage);
    await row(page, "Jane Smith").waitFor();
    assert.equal(await page.getByRole("columnheader").count(), 0);
    assert.equal(await row(page, "Jane Smith").getByRole("cell").count(), 5);
    const labels = () =>
      row(page, "Jane Smith")
        .locator("[data-label]")
        .evaluateAll((cells) => cells.map((cell) => getComputedStyle(cell, "::before").content.match(/\p{L}[\p{L} ]+/u)?.[0]));
    assert.deepEqual(await labels(), ["Last access", "Invited"]);
    await press(page, "Español");
    await page.getByRole("heading", { name: "Contactos" }).waitFor();
    assert.deepEqual(await labels(), ["Último acceso", "Invitación"]);
    await looksRight(page);
    await row(page, "Jane Smith").click({ position: { x: 200, y: 120 } });
    await sees(page, "Jane Smith");
  },
  { viewport: SIZES.phone, hasTouch: true, isMobile: true },
);

story("a long email is read to its end, and its last letters stay together", async (stage) => {
  const page = await stage.signInAsOwner();
  const email = "maximiliano.featherstonehaugh-cholmondeley@extraordinarily-long-accounting-company.example.com";
  await stage.call(page, "POST", "/api/contacts", { name: "Max Featherstonehaugh", email });
  await stage.settled();
  await page.goto(stage.url + AT);
  await page.getByText(email, { exact: true }).waitFor();
  const broken = await page.locator(".whole").evaluateAll((ends) =>
    ends.filter((end) => {
      const last = end.lastElementChild;
      return last && last.getClientRects().length > 1;
    }).length,
  );
  assert.equal(broken, 0);
  await looksRight(page);
});

story("what a contact is sorted as can be changed, and follows from the name again once that is emptied", async (stage) => {
  const page = await contacts(stage);
  const places = () => page.getByRole("rowheader").getByRole("link").allInnerTexts();
  for (const [was, becomes, order] of /** @type {const} */ ([
    ["Miller, Sam and Robin", "Robin and Sam", ["Maria Garcia", "Lee Park", MILLERS, "Jane Smith"]],
    ["Robin and Sam", "", ["Maria Garcia", MILLERS, "Lee Park", "Jane Smith"]],
  ])) {
    await page.getByRole("link", { name: MILLERS, exact: true }).click();
    await press(page, "Edit");
    await page.getByText(`Sorted as ${was} · Change`).click();
    await looksRight(page);
    await page.getByLabel("Sorted as", { exact: true }).fill(becomes);
    await press(page, "Save changes");
    await page.getByText("Changes saved.").waitFor();
    await stage.settled();
    await page.goto(stage.url + AT);
    await page.getByText("4 found.").waitFor();
    assert.deepEqual(await places(), order);
  }
});
