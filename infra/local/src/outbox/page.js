// Shows the messages that were "sent", and looks for more as long as the page is open.

const LOOK_MS = 1000;
const COPIED_MS = 3000;
/** Where a code stands in a message: at the end of a text, and on a line of its own in a mail. */
const CODE = /(?:^|#)(\d{6})$/m;

const template = document.querySelector("#message");
const state = document.querySelector("#state");
const lists = { sms: document.querySelector("#sms"), email: document.querySelector("#email") };
const title = document.title;

/** How many messages are shown, and which came last. */
const shown = { count: 0, last: undefined };
let tag = "";
/** How many came while nobody looked. */
let unseen = 0;

/** A number as people write it, where it is of the US. */
const recipient = (to) => to.replace(/^\+1(\d{3})(\d{3})(\d{4})$/, "($1) $2-$3");

function moment(at) {
  const isToday = at.toDateString() === new Date().toDateString();
  return at.toLocaleString("en-US", isToday ? { timeStyle: "short" } : { dateStyle: "medium", timeStyle: "short" });
}

function drawn(message, isNew) {
  const at = new Date(message.at);
  const details = template.content.cloneNode(true).firstElementChild;
  const find = (part) => details.querySelector(part);
  find(".to").textContent = recipient(message.to);
  find(".subject").textContent = message.subject ?? "";
  find("time").dateTime = message.at;
  find("time").textContent = moment(at);
  if (!isNew) {
    find(".new").remove();
  }
  const code = CODE.exec(message.text)?.[1];
  if (code) {
    offer(code, find(".code"));
  } else {
    find(".code").remove();
  }
  if (message.html) {
    find(".text").remove();
    frame(message.html, `${message.subject}, ${at.toLocaleString("en-US")}`, find("iframe"));
  } else {
    find("iframe").remove();
    find(".text").textContent = message.text;
  }
  return details;
}

function offer(code, place) {
  const [digits, button] = place.children;
  const label = button.textContent;
  digits.textContent = code;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(code);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(digits);
      button.textContent = "Press Ctrl+C";
    }
    setTimeout(() => (button.textContent = label), COPIED_MS);
  });
}

/** Shows a mail as high as it is. Its links open beside this page, as they do from a real mailbox. */
function frame(html, title, place) {
  place.title = title;
  place.srcdoc = `<base target="_blank">${html}`;
  place.addEventListener("load", () => {
    const mail = place.contentDocument.documentElement;
    // Who goes by Tab has nothing to do in a mail without a link.
    place.tabIndex = mail.querySelector("a[href]") ? 0 : -1;
    new ResizeObserver(() => (place.style.height = `${mail.offsetHeight}px`)).observe(mail);
  });
}

/** Puts a message on top and opens it; the one before is closed, unless someone is busy in it. */
function put(message, isNew) {
  const list = lists[message.channel];
  list.querySelector(".none")?.remove();
  const before = list.querySelector("details[open]");
  if (before && !before.contains(document.activeElement)) {
    before.open = false;
  }
  list.prepend(drawn(message, isNew));
  list.firstElementChild.open = true;
}

async function look() {
  const answer = await fetch("/_local/outbox", { headers: { "Accept": "application/json", "If-None-Match": tag } });
  if (answer.status === 304) {
    return;
  }
  const messages = await answer.json();
  if (messages[shown.count - 1]?.id !== shown.last) {
    // This is another outbox: Postern was started anew, on another folder.
    location.reload();
    return;
  }
  const isFirst = tag === "";
  const fresh = messages.slice(shown.count);
  document.querySelectorAll(".new").forEach((mark) => mark.remove());
  fresh.forEach((message) => put(message, !isFirst));
  [tag, shown.count, shown.last] = [answer.headers.get("ETag"), messages.length, messages.at(-1)?.id];
  Object.values(lists).forEach((list) => (list.ariaLive = "polite"));
  if (!isFirst && document.hidden) {
    unseen += fresh.length;
    document.title = `(${unseen}) ${title}`;
  }
}

document.addEventListener("visibilitychange", () => {
  unseen = 0;
  document.title = title;
});

for (;;) {
  try {
    await look();
    state.textContent = "";
  } catch {
    state.textContent = "Postern does not answer. Is it still running?";
  }
  await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
}
