/** Files reach the firm whatever comes between, and nothing goes that nobody meant. */

import assert from "node:assert/strict";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";

import { tabTo } from "./keyboard.js";
import { looksRight } from "./looks.js";
import { choose, hasFocus, paper, press, send, sendButton } from "./mouse.js";
import { documentsOfJane, listed, receipt, slowly } from "./papers.js";
import { SIZES, storyOnce } from "./stage.js";

/** @import { Page } from "playwright-core" */

const PHONE = { viewport: SIZES.phone, hasTouch: true, isMobile: true };
const DESKTOP = { viewport: SIZES.desktop };
const WAITS = "Waiting for a connection. It goes on by itself.";

/** Requests to the store of documents. */
const STORE = (/** @type {URL} */ url) => url.pathname.includes("documentsbucket");

/** The names of the `count` documents in the list, newest first. @param {Page} page @param {number} count */
const names = async (page, count) => (await listed(page, count)).map(([name]) => name);

storyOnce(
  "a line that is lost for two seconds at the fourth of fourteen photos is waited for",
  async (stage) => {
    const page = await documentsOfJane(stage);
    let stored = 0;
    page.on("response", (answer) => {
      stored += answer.request().method() === "PUT" ? 1 : 0;
      if (stored === 3 && answer.request().method() === "PUT") {
        stage.context.setOffline(true);
      }
    });
    await send(page, Array.from({ length: 14 }, () => paper("image.jpg")));
    await page.getByText(WAITS).waitFor();
    await looksRight(page);
    await page.waitForTimeout(2000);
    await stage.context.setOffline(false);
    await receipt(page, 14).waitFor({ timeout: 60_000 });
    assert.equal(await page.getByRole("button", { name: /^Try/ }).count(), 0);
    const sent = Array.from({ length: 14 }, (_, index) => (index === 0 ? "image.jpg" : `image (${index + 1}).jpg`));
    assert.deepEqual((await names(page, 14)).reverse(), sent);
  },
  PHONE,
);

storyOnce(
  "a store that never answers is noticed after half a minute and tried again, and what waits can be stopped",
  async (stage) => {
    await stage.context.clock.install();
    const page = await documentsOfJane(stage);
    await page.route(STORE, () => {});
    await send(page, [paper("W-2.pdf"), paper("1099.pdf"), paper("Letter.pdf")]);
    await page.getByText(/^Sending, /).waitFor();
    await page.clock.fastForward(31_000);
    await page.getByText("Nothing has moved for 30 seconds. It is tried again by itself.").waitFor();
    await looksRight(page);
    await page.getByRole("button", { name: "Stop: W-2.pdf" }).click();
    await page.getByRole("button", { name: "Stop: Letter.pdf" }).click();
    await page.getByText("You stopped it.").nth(1).waitFor();
    await page.unroute(STORE);
    while ((await receipt(page, 1).count()) === 0) {
      await page.clock.fastForward(31_000);
      // Else calls that are under way would be given up too, as after half a minute.
      await page.waitForTimeout(1000);
    }
    await page.getByRole("heading", { name: "2 files did not arrive" }).waitFor();
    await looksRight(page);
    await page.getByRole("button", { name: "Remove: Letter.pdf" }).click();
    await press(page, "Try again");
    await receipt(page, 1).waitFor();
    await page.getByRole("heading", { name: /did not arrive/ }).waitFor({ state: "detached" });
    assert.deepEqual((await names(page, 2)).toSorted(), ["1099.pdf", "W-2.pdf"]);
  },
  DESKTOP,
);

storyOnce(
  "after a reload in the middle it is said what did not arrive, until it is chosen again or not wanted",
  async (stage) => {
    const page = await documentsOfJane(stage);
    page.on("dialog", (dialog) => dialog.accept());
    const [small, big] = [paper("small.pdf"), paper("big.pdf", 3_000_000)];
    const hurry = await slowly(page);
    await send(page, [small, big]);
    await page.getByText("1 of 2 have arrived.").waitFor();
    await page.getByText(/Sending, [1-9]\d? %/).waitFor();
    await choose(page, [paper("later.pdf")]);
    await page.reload();
    await hurry();
    await page.getByText("big.pdf did not arrive. Choose it again.").waitFor();
    await page.getByText("later.pdf did not arrive. Choose it again.").waitFor();
    assert.equal(await page.getByText("small.pdf did not arrive").count(), 0);
    await looksRight(page);
    await page.getByRole("button", { name: "Remove: later.pdf" }).click();
    await page.reload();
    await page.getByRole("heading", { name: "1 file did not arrive" }).waitFor();
    await send(page, [big]);
    await receipt(page).waitFor();
    assert.equal(await page.getByText(/did not arrive/).count(), 0);
    await page.reload();
    await page.getByRole("button", { name: "Download: big.pdf" }).waitFor();
    assert.equal(await page.getByText(/did not arrive/).count(), 0);
  },
  PHONE,
);

storyOnce(
  "who acts for three clients chooses one by the keyboard, and nothing goes before the button that names it",
  async (stage) => {
    const owner = await stage.signInAsOwner(await stage.otherBrowser());
    const jane = await stage.contact(owner, "Jane Smith");
    const others = ["Smith Bakery LLC", "Smith Family Trust"].map((name) => stage.call(owner, "POST", "/api/contacts", { name }));
    const clients = [jane, ...(await Promise.all(others))].map(({ clients }) => clients[0].client);
    await stage.call(owner, "PATCH", `/api/contacts/${jane.contact}`, { clients });
    const page = await documentsOfJane(stage);
    /** @type {string[]} */
    const begun = [];
    page.on("request", (request) => request.method() === "POST" && begun.push(request.postDataJSON()?.client));
    await choose(page, [paper("Payroll.pdf"), paper("Invoices.pdf")]);
    await tabTo(page, "radio", "Jane Smith");
    for (const name of ["Smith Bakery LLC", "Smith Family Trust"]) {
      await page.keyboard.press("ArrowDown");
      // The button is drawn after the choice: it is waited for, and what is chosen stands by then.
      await page.getByRole("button", { name: `Send 2 files for ${name}`, exact: true }).waitFor();
      assert.ok(await page.getByLabel(name).isChecked());
    }
    await page.keyboard.press("ArrowUp");
    await page.waitForTimeout(300);
    assert.deepEqual(begun, []);
    await looksRight(page);
    await tabTo(page, "button", "Send 2 files for Smith Bakery LLC");
    await page.keyboard.press("Enter");
    await receipt(page, 2).waitFor();
    await page.getByRole("heading", { name: "For Smith Bakery LLC" }).waitFor();
    assert.deepEqual(begun.filter(Boolean), [clients[1], clients[1]]);
  },
  DESKTOP,
);

storyOnce(
  "files are looked over, renamed and taken out before they go",
  async (stage) => {
    const page = await documentsOfJane(stage);
    await choose(page, [paper("image.jpg"), paper("image.jpg"), paper("scan.pdf")]);
    assert.ok(await hasFocus(page.getByRole("heading", { name: "3 files, not sent yet" })));
    await page.getByLabel("Name of image.jpg").first().fill("Receipt 4/15");
    await page.getByLabel("Name of scan.pdf").fill(" ");
    await page.getByRole("button", { name: "Remove: image (2).jpg" }).click();
    await page.getByLabel("Name of scan.pdf").press("Enter");
    await looksRight(page);
    await choose(page, [paper("image.jpg")]);
    await sendButton(page).click();
    await receipt(page, 3).waitFor();
    assert.deepEqual(await names(page, 3), ["image.jpg", "scan.pdf", "Receipt 4-15.jpg"]);
  },
  PHONE,
);

storyOnce(
  "a file that was changed or deleted after it was chosen, and a folder, are said to be so",
  async (stage) => {
    const folder = await mkdtemp(path.join(tmpdir(), "postern-files-"));
    const [changed, gone, photos] = ["changed.pdf", "gone.pdf", "Photos"].map((name) => path.join(folder, name));
    await Promise.all([changed, gone].map((file) => writeFile(file, paper(path.basename(file)).buffer)));
    await mkdir(photos);
    const page = await documentsOfJane(stage);
    await page.getByLabel("Choose files").setInputFiles([changed, gone]);
    await writeFile(changed, "%PDF-1.7 another");
    await rm(gone);
    await sendButton(page).click();
    await page.getByText("The file was moved, changed or deleted after you chose it. Choose it again.").nth(1).waitFor();

    const zone = await page.locator(".drop").boundingBox();
    const at = { x: (zone?.x ?? 0) + 20, y: (zone?.y ?? 0) + 20, data: { items: [], files: [photos], dragOperationsMask: 1 } };
    const session = await page.context().newCDPSession(page);
    for (const type of /** @type {const} */ (["dragEnter", "dragOver", "drop"])) {
      await session.send("Input.dispatchDragEvent", { type, ...at });
    }
    await page.getByText("This is a folder. Open it, and choose the files in it.").waitFor();
    await looksRight(page);
    await rm(folder, { recursive: true });
  },
  DESKTOP,
);

storyOnce(
  "photos of one paper become one PDF, in the order in which they were taken, and it goes in their place",
  async (stage) => {
    const page = await documentsOfJane(stage);
    const photo = await page.evaluate(async () => {
      const canvas = Object.assign(document.createElement("canvas"), { width: 40, height: 60 });
      canvas.getContext("2d")?.fillRect(0, 0, 40, 60);
      const blob = await new Promise((done) => canvas.toBlob(done, "image/jpeg"));
      return [...new Uint8Array(await /** @type {Blob} */ (blob).arrayBuffer())];
    });
    const file = (/** @type {string} */ name) => ({ name, mimeType: "image/jpeg", buffer: Buffer.from(photo) });
    await choose(page, [file("IMG_0001.jpg"), paper("W-2.pdf"), file("IMG_0002.jpg"), file("IMG_0003.jpg")]);
    const asked = page.waitForResponse((answer) => answer.url().includes("pdf-lib"));
    await press(page, "Put the 3 photos into one PDF");
    await asked;
    await page.getByRole("heading", { name: "2 files, not sent yet" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /into one PDF/ }).count(), 0);
    await looksRight(page);
    await sendButton(page).click();
    await receipt(page, 2).waitFor();
    assert.deepEqual((await names(page, 2)).toSorted(), ["IMG_0001.pdf", "W-2.pdf"]);
    const downloaded = page.waitForEvent("download");
    await press(page, "Download: IMG_0001.pdf");
    const pdf = await readFile(await (await downloaded).path(), "latin1");
    assert.equal(pdf.match(/\/DCTDecode/g)?.length, 3);

    // What is no photo inside stays as it is.
    await choose(page, [paper("broken.jpg"), paper("other.jpg")]);
    await press(page, "Put the 2 photos into one PDF");
    await page.getByText("These photos cannot be put into one file here. Send them as they are.").waitFor();
    await page.getByRole("heading", { name: "2 files, not sent yet" }).waitFor();
  },
  PHONE,
);
