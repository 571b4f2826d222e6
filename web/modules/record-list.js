/**
 * Attempts, newest first, each with its access records inside and what to do about it. While the page is looked at, new ones appear by themselves.
 *
 * @import { AccessRecord, Outcome, Refusal } from "./api.js"
 * @import { Step, Story } from "./attempts.js"
 * @import { TemplateResult } from "../vendor/lit-html/lit-html.js"
 */

import { call } from "./api.js";
import { adviceOn, sentenceOf, stepsOf, storiesOf, wholeOnes } from "./attempts.js";
import { browserName } from "./browser-name.js";
import { paged } from "./paged.js";
import { at } from "./place.js";
import { each } from "./rows.js";
import { inLocalTime, momentExactly, staffWords } from "./words.js";
import { html, nothing } from "./html.js";

const LIVE_MS = 4000;
/** How seldom the page asks when nothing happens. */
const QUIET_MS = 15_000;
/** Without anyone at it the page stops asking, so that a session can end for want of use. */
const IDLE_MS = 600_000;

/**
 * @param {object} how
 * @param {() => { contact?: string, q?: string, outcome?: string, from?: string }} how.filter
 * @param {() => TemplateResult} how.none what to say if there are none
 * @param {boolean} [how.linked] whether attempts name their contact, and lead there
 * @param {(refusal: Refusal) => boolean} [how.refused] whether it was dealt with
 * @param {() => void} [how.grown] called when new ones have come
 */
export function recordList({ filter, none, linked, refused, grown }) {
  /** @type {string | undefined} */
  let newest;
  /** The attempt in which something happened since the list was read. @type {Story | undefined} */
  let news;

  const list = paged({
    ask: async (cursor) => {
      const page = await call("get", "/api/access-log", { audience: "staff", query: { ...filter(), cursor } });
      const first = page.items[0];
      if (!cursor && first?.record !== newest) {
        if (newest) {
          news = storiesOf(page.items).find(({ records }) => records.includes(first));
          grown?.();
        }
        newest = first?.record;
      }
      return page;
    },
    id: ({ record }) => record,
    list: (records, hasMore) => {
      const stories = shown(records, hasMore);
      return html`
        <ol class=${linked ? "rows records named" : "rows records"}>
          ${each(stories, (story) => row(story, stories))}
        </ol>
      `;
    },
    none,
    counted: linked ? (_, hasMore, records) => `${staffWords.found(shown(records, hasMore).length)} ${hasMore ? staffWords.foundMore : ""}` : undefined,
    refused,
  });

  /** Whether single steps are asked for: then what stands beside them is not known, and nothing to be advised. */
  const isOfSteps = () => Boolean(filter().outcome);

  /** @param {AccessRecord[]} records @param {boolean} hasMore */
  const shown = (records, hasMore) => (isOfSteps() ? storiesOf(records) : wholeOnes(storiesOf(records), records, hasMore));

  /** @param {Story} story */
  function who({ records }) {
    const { contact_name: name, email } = records.find((record) => record.contact_name || record.email) ?? {};
    const { staff, by } = records[0].values;
    return name ?? email ?? /** @type {string | undefined} */ (staff ?? by);
  }

  /** @param {Story} story */
  function told(story) {
    const what = sentenceOf(story, staffWords);
    return what.charAt(0).toUpperCase() + what.slice(1);
  }

  /** @param {Story} story */
  function name(story) {
    const known = story.records.find(({ contact }) => contact);
    return known
      ? html`<a class="target" translate="no" href=${at(`staff/contacts/${known.contact}`)}>${known.contact_name ?? staffWords.toContact}</a>`
      : html`<span translate="no">${who(story)}</span>`;
  }

  /** @param {Story} story @param {Story[]} stories */
  function row(story, stories) {
    const texts = staffWords;
    const [{ id, at: when }, steps] = [story, stepsOf(story)];
    const advice = isOfSteps() ? undefined : adviceOn(story, stories, texts.advice);
    return html`
      <li id=${id}>
        <p class="hint"><time datetime=${when}>${momentExactly(when)}</time></p>
        ${linked ? html`<p class="who">${name(story)}</p>` : nothing}
        <div class="what">
          ${steps.length === 1
            ? html`${told(story) === inLocalTime(texts.told(steps[0])) ? nothing : html`<p>${told(story)}</p>`}
                <div>${details(steps[0])}</div>`
            : html`<details>
                <summary>${told(story)}</summary>
                <div class="steps">
                  ${each(steps, (step) => html`<div>${details(step, true)}</div>`)}
                </div>
              </details>`}
          ${advice ? html`<p class="advice">${advice}</p>` : nothing}
        </div>
      </li>
    `;
  }

  /** @param {Step} step @param {boolean} [isTimed] whether it says when it was */
  function details(step, isTimed) {
    const { at: when, channel, delivery, reports } = step;
    const texts = staffWords;
    /** @param {"email" | "gate" | "ip" | "user_agent"} member */
    const read = (member) => (step.erased?.includes(member) ? texts.erased : step[member]);
    const [email, gate, ip, browser] = [read("email"), read("gate"), read("ip"), browserName(read("user_agent"))];
    const known = reports.map((report) => texts.cameBack(texts.outcomes[/** @type {Outcome} */ (report.outcome)], momentExactly(report.at)));
    const more = delivery === "accepted" ? (known.length > 0 ? known : [texts.nothingMore]) : [];
    const about = [
      isTimed && momentExactly(when),
      email,
      channel && texts.channels[channel],
      delivery && texts.deliveries[delivery],
      ...more,
      step.locks_until && texts.locksUntil(momentExactly(step.locks_until)),
      gate && texts.gateOf(gate),
      ip && texts.fromAddress(ip),
      browser && texts.inBrowser(browser),
    ].filter(Boolean);
    return html`
      <p class="said">${inLocalTime(texts.told(step))}</p>
      ${about.length > 0 ? html`<p class="hint">${about.join(" · ")}</p>` : nothing}
    `;
  }

  /** Keeps it up to date as long as this page is in sight, and someone there. */
  function live() {
    let [seenAt, wait] = [Date.now(), LIVE_MS];
    for (const sign of ["keydown", "pointermove", "pointerdown", "scroll", "focus"]) {
      addEventListener(sign, () => (seenAt = Date.now()), { passive: true });
    }
    const look = async () => {
      if (!document.hidden && Date.now() - seenAt < IDLE_MS) {
        const before = newest;
        await renew();
        wait = newest === before ? Math.min(wait * 1.5, QUIET_MS) : LIVE_MS;
      }
      timer = setTimeout(look, wait);
    };
    let timer = setTimeout(look, wait);
    document.addEventListener("visibilitychange", () => {
      if (!document.hidden) {
        clearTimeout(timer);
        wait = LIVE_MS;
        timer = setTimeout(look, 0);
      }
    });
  }

  /** Rows move down under the keyboard, which moves along. */
  async function renew() {
    const held = document.activeElement;
    const isInRow = held?.closest(".records li");
    await list.refresh();
    if (isInRow && held instanceof HTMLElement && held.isConnected && held !== document.activeElement) {
      held.focus({ preventScroll: true });
    }
  }

  const view = () => html`
    ${isOfSteps() ? html`<p>${staffWords.singleSteps}</p>` : nothing}
    <p class="unseen" role="status">${news ? staffWords.newest([linked && who(news), told(news)].filter(Boolean).join(": ")) : ""}</p>
    ${list.view()}
  `;

  return { ...list, view, live };
}
