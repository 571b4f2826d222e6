// Shows the messages that were "sent", and looks for more as long as the page is open.

const kinds = {
  sms: { list: document.querySelector('#sms'), template: document.querySelector('#text-message') },
  email: { list: document.querySelector('#email'), template: document.querySelector('#mail') },
};
const state = document.querySelector('#state');
const shown = new Set();
let seen = '';

function show(message) {
  const { list, template } = kinds[message.channel];
  const article = template.content.cloneNode(true);
  const put = (place, text) => { article.querySelector(place).textContent = text; };
  put('.to', message.to);
  put('.text', message.text);
  const time = article.querySelector('time');
  time.dateTime = message.at;
  time.textContent = new Date(message.at).toLocaleString();
  if (message.channel === 'email') {
    put('.subject', message.subject);
    showHtml(article.querySelector('iframe'), message);
  }
  list.querySelector('.none')?.remove();
  list.prepend(article);
}

function showHtml(frame, message) {
  if (!message.html) {
    frame.nextElementSibling.open = true;
    frame.remove();
    return;
  }
  frame.title = message.subject;
  // Links of a mail open beside this page, as they do from a real mailbox.
  frame.srcdoc = `<base target="_blank">${message.html}`;
  frame.addEventListener('load', () => {
    frame.style.height = `${frame.contentDocument.documentElement.scrollHeight + 2}px`;
  });
}

async function look() {
  const answer = await fetch('/_local/outbox', { headers: { 'Accept': 'application/json', 'If-None-Match': seen } });
  if (answer.ok) {
    seen = answer.headers.get('ETag');
    for (const message of await answer.json()) {
      if (!shown.has(message.id)) {
        shown.add(message.id);
        show(message);
      }
    }
  }
}

for (;;) {
  try {
    await look();
    state.textContent = '';
  } catch {
    state.textContent = 'Postern does not answer. Is it still running?';
  }
  await new Promise((resolve) => setTimeout(resolve, 1000));
}
