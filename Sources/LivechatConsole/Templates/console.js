// A button beside each command that copies it.
for (const command of document.querySelectorAll('pre.command')) {
  const button = document.createElement('button');
  button.textContent = 'copy';
  button.onclick = async () => {
    await navigator.clipboard.writeText(command.firstChild.data);
    button.textContent = 'copied';
  };
  if (navigator.clipboard) command.append(button);
}

// The live log: the server sends rows, and the counts of refusals when they change.
const events = document.querySelector('#events[data-source]');
if (events) {
  const live = document.querySelector('#live');
  const say = (text, look) => Object.assign(live, { textContent: text, className: `badge ${look}` });
  const source = new EventSource(events.dataset.source);
  source.onopen = () => say('live', 'ok');
  source.onerror = () => say(source.readyState === EventSource.CLOSED ? 'not live: reload' : 'reconnecting', 'warn');
  source.onmessage = ({ data }) => {
    document.querySelector('#empty')?.remove();
    events.insertAdjacentHTML('afterbegin', data);
    events.firstElementChild.classList.add('new');
    while (events.rows.length > 200) events.deleteRow(-1);
  };
  source.addEventListener('refusals', ({ data }) => { document.querySelector('#refusals').innerHTML = data; });
  source.addEventListener('lost', () => location.reload());
}
