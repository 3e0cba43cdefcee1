// Loading the page again, but only what the service answers: a wall must never come to a browser's own page of errors.
const PAUSE = 2000;

let coming = false;

export async function comeBack() {
  if (coming) return;
  coming = true;
  await rest(Math.random() * 1000); // a hundred screens don't come at the same instant
  while (!(await answers())) await rest(PAUSE);
  location.reload();
}

const rest = (time) => new Promise((resolve) => setTimeout(resolve, time));

// Ready with its database; a session that ended is an answer too: the door opens. 502 is what a proxy says meanwhile.
const answers = () => fetch("/readyz", { cache: "no-store" }).then(({ status }) => status < 500, () => false);
