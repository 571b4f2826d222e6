/** Browsers that keep nothing, are old, translate, or fill in by themselves: people get in with them all the same, or are told why not. */

import assert from "node:assert/strict";

import { looksRight } from "./looks.js";
import { codeField, gateField, looksAt, paper, press, sees, send } from "./mouse.js";
import { receipt } from "./papers.js";
import { JANE, SIZES, storyOnce } from "./stage.js";

/** @import { Page } from "playwright-core" */
/** @import { Stage } from "./stage.js" */

const PHONE = { viewport: SIZES.phone, hasTouch: true, isMobile: true };

/** Asks for a code, as Jane Smith. @param {Stage} stage @param {string} [at] */
async function askForCode(stage, at = "/demo/sign-in") {
  const page = await stage.open(at);
  await page.getByLabel("Your email address").fill(JANE.email);
  await press(page, "Continue");
  await gateField(page).fill(JANE.gate);
  await press(page, "Send me a code");
  await codeField(page).waitFor();
  return page;
}

/** @param {Stage} stage @param {Page} page */
async function getIn(stage, page) {
  await codeField(page).fill(await stage.code(JANE.mobile));
  await press(page, "Sign in");
  await sees(page, "No open requests");
}

const STORAGES = {
  "have no storage": () => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, { get: () => null });
    }
  },
  "forbid storage": () => {
    for (const name of ["localStorage", "sessionStorage"]) {
      Object.defineProperty(window, name, {
        get() {
          throw new DOMException("The operation is insecure.", "SecurityError");
        },
      });
    }
  },
  "have no room": () => {
    Storage.prototype.setItem = () => {
      throw new DOMException("It is full.", "QuotaExceededError");
    };
  },
};

for (const [which, hinder] of Object.entries(STORAGES)) {
  storyOnce(
    `browsers that ${which} lead in, by email and by link, and say what they cannot keep`,
    async (stage) => {
      const { link } = await stage.inviteJane();
      await stage.context.addInitScript(hinder);
      const page = await askForCode(stage);
      await page.getByText("This browser keeps nothing for this page. Leave the page open until you have typed the code.").waitFor();
      await looksRight(page);
      await getIn(stage, page);
      assert.equal((await stage.messages(JANE.mobile)).length, 1);
      await page.getByRole("link", { name: "Send documents" }).click();
      await send(page, [paper("W-2.pdf")]);
      await receipt(page).waitFor();

      await stage.context.clearCookies();
      const linked = await stage.open(link);
      await press(linked, "Continue as j***@example.com");
      await press(linked, "Send me a code instead");
      await codeField(linked).waitFor();
      await codeField(linked).fill(await stage.code(JANE.mobile));
      await press(linked, "Sign in");
      await sees(linked, "No open requests");
    },
    PHONE,
  );
}

storyOnce(
  "a browser that keeps no cookies is told so, and leads in no circle",
  async (stage) => {
    const OFF = "Your browser does not keep cookies from us, and without them nobody stays signed in.";
    await stage.context.route("**/api/challenges/*/session", async (route) => {
      const answer = await route.fetch();
      await stage.context.clearCookies();
      const { "set-cookie": _, ...headers } = answer.headers();
      await route.fulfill({ status: answer.status(), headers, body: await answer.body() });
    });
    const page = await askForCode(stage);
    assert.equal(await page.getByText(OFF).count(), 0, "nothing tells it before");
    await codeField(page).fill(await stage.code(JANE.mobile));
    await press(page, "Sign in");
    await page.getByRole("alert").getByText(OFF).waitFor();
    await looksRight(page);

    const other = await (await stage.otherBrowser()).newPage();
    const session = await other.context().newCDPSession(other);
    await session.send("Emulation.setDocumentCookieDisabled", { disabled: true });
    for (const at of ["/demo/sign-in", "/demo/staff/sign-in"]) {
      await other.goto(stage.url + at);
      await other.getByText(OFF).waitFor();
      await looksRight(other);
    }
  },
  PHONE,
);

storyOnce(
  "a browser of before 2022, which lacks AbortSignal.timeout and tells no languages, leads in",
  async (stage) => {
    await stage.context.addInitScript(() => {
      Object.assign(AbortSignal, { timeout: undefined });
      Object.defineProperty(navigator, "languages", { value: undefined });
    });
    await getIn(stage, await askForCode(stage));
  },
  PHONE,
);

/** Puts elements of its own in the place of each text, as translators of browsers do. */
function translate() {
  const isText = (/** @type {Node} */ node) =>
    node.textContent?.trim() && !node.parentElement?.closest("font, script, style, noscript, [translate=no]");
  const turn = (/** @type {Node} */ root) => {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    /** @type {Node[]} */
    const texts = root.nodeType === Node.TEXT_NODE ? [root] : [];
    while (walker.nextNode()) {
      texts.push(walker.currentNode);
    }
    for (const text of texts.filter(isText)) {
      const font = document.createElement("font");
      font.append(document.createElement("font"));
      font.firstElementChild?.append(text.textContent ?? "");
      text.parentNode?.replaceChild(font, text);
    }
  };
  new MutationObserver((changes) => changes.forEach(({ addedNodes }) => addedNodes.forEach(turn))).observe(document, {
    childList: true,
    subtree: true,
  });
}

storyOnce(
  "a page that the browser translates goes on saying what is so",
  async (stage) => {
    await stage.context.addInitScript(translate);
    await stage.context.clock.install();
    const page = await askForCode(stage);
    const wait = page.getByText(/You can have it sent again in \d+ seconds/);
    const before = await wait.innerText();
    await stage.wait(5);
    await page.waitForFunction((before) => !document.body.innerText.includes(before), before);
    await wait.waitFor();
    const wrong = (await stage.code(JANE.mobile)) === "000000" ? "000001" : "000000";
    for (const left of ["4 tries", "3 tries"]) {
      await codeField(page).fill(wrong);
      await press(page, "Sign in");
      await page.getByText(`You have ${left} left.`).waitFor();
      assert.equal(await page.getByText(/You have \d/).count(), 1);
    }
    await getIn(stage, page);

    await page.getByRole("link", { name: "Send documents" }).click();
    for (const name of ["first.pdf", "second.pdf"]) {
      await send(page, [paper(name)]);
      await receipt(page).waitFor();
      assert.deepEqual(await page.locator(".receipt li").allInnerTexts(), [name]);
      await page.getByRole("button", { name: `Download: ${name}` }).waitFor();
    }
    const rows = page.getByRole("region", { name: "Your documents" }).getByRole("listitem");
    for (const row of await rows.all()) {
      const name = await row.locator("strong").innerText();
      const downloaded = page.waitForEvent("download");
      await row.getByRole("button", { name: "Download" }).click();
      assert.equal((await downloaded).suggestedFilename(), name);
    }
    await press(page, "Español");
    await sees(page, "Enviar documentos");
    assert.equal(await page.getByText("Download").count(), 0);
  },
  { viewport: SIZES.desktop },
);

storyOnce(
  "contacts that are put in another order in a translated page keep what is theirs",
  async (stage) => {
    await stage.context.addInitScript(translate);
    const page = await stage.signInAsOwner();
    await page.goto(`${stage.url}/demo/staff/contacts`);
    await page.getByText("4 found.").waitFor();
    await page.getByLabel("Sorted by").selectOption("Last added");
    const rows = page.locator("tbody").getByRole("row");
    await rows.last().getByRole("link", { name: "Jane Smith" }).waitFor();
    await page.getByRole("button", { name: "Missing 2", exact: true }).click();
    await page.getByText("2 found.").waitFor();
    assert.equal(await page.getByText(/\d found\./).count(), 1);
    for (const [name, lacks] of [["Lee Park", "Missing: sign-in check, mobile"], ["Maria Garcia", "Missing: email"]]) {
      await rows.filter({ hasText: name }).getByText(lacks, { exact: true }).waitFor();
      assert.equal(await rows.filter({ hasText: name }).getByText("Missing:").count(), 1);
    }
    await page.getByRole("link", { name: "Maria Garcia" }).click();
    await sees(page, "Maria Garcia");
  },
  { viewport: SIZES.desktop },
);

storyOnce(
  "what a program fills in without a word is read when it is sent",
  async (stage) => {
    const page = await stage.open("/demo/sign-in");
    const fill = (/** @type {string} */ id, /** @type {string} */ text) =>
      page.locator(id).evaluate((input, text) => void (/** @type {HTMLInputElement} */ (input).value = text), text);
    await page.getByLabel("Your email address").waitFor();
    await fill("#email", JANE.email);
    await press(page, "Continue");
    await gateField(page).waitFor();
    await fill("#digits", JANE.gate);
    await press(page, "Send it by email instead");
    await codeField(page).waitFor();
    await fill("#code", await stage.code(JANE.email));
    await press(page, "Sign in");
    await sees(page, "No open requests");
  },
  PHONE,
);

storyOnce(
  "a clock that is set right while one waits takes the field away from nobody",
  async (stage) => {
    await stage.context.clock.install();
    const page = await askForCode(stage);
    const hours = 2 * 3_600_000;
    for (const shift of [hours, -2 * hours, hours]) {
      await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + shift);
      await page.clock.runFor(2000);
      assert.ok(await codeField(page).isVisible());
      assert.equal(await page.getByText("more than ten minutes old").count(), 0);
    }
    await page.clock.setSystemTime((await page.evaluate(() => Date.now())) + hours);
    await page.reload();
    await looksAt(page, "Enter your code");
    await getIn(stage, page);
  },
  PHONE,
);

storyOnce(
  "what mail programs put behind a link is taken off, and addresses work as people type them",
  async (stage) => {
    const { link } = await stage.inviteJane();
    for (const tail of [".", ")", "\"", "’", "%20", "%3E.", "#top"]) {
      const page = await stage.open(link + tail);
      await page.getByRole("button", { name: "Continue as j***@example.com" }).waitFor();
      await page.close();
    }
    for (const at of ["/demo/sign-in/", "/Demo/sign-in", "/demo/"]) {
      const page = await stage.open(at);
      await sees(page, "Sign in");
      await page.close();
    }
    const slashed = await stage.open(link.replace("/link#", "/Link/#"));
    await slashed.getByRole("button", { name: "Continue as j***@example.com" }).waitFor();
  },
  PHONE,
);

storyOnce(
  "the hour stands in Spanish as it is said",
  async (stage) => {
    for (const [hour, said] of [[13, "a la 1:36"], [14, "a las 2:36"]]) {
      const context = await stage.otherBrowser();
      const page = await context.newPage();
      await page.clock.install({ time: new Date(2026, 10, 27, Number(hour), 36) });
      await page.goto(`${stage.url}/demo/staff/sign-in`);
      await page.getByLabel("Su correo electrónico").fill("owner@demo.test");
      await press(page, "Enviarme un código");
      await page.getByText(`Lo pidió ${said}`).waitFor();
    }
  },
  { ...PHONE, locale: "es-US" },
);
