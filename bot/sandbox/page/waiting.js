/** While the finished town is played for the first time: how far it has come, and then the town itself. */

const PAUSE = 500; // milliseconds between looks

async function look() {
  const answer = await fetch("/progress").catch(() => null); // nobody answers while one server gives way to the other
  if (answer && !answer.ok) return location.replace("/");
  if (answer) {
    const share = await answer.json();
    document.getElementById("progress").value = share;
    document.getElementById("told").textContent = `${Math.round(share * 100)} %`;
  }
  setTimeout(look, PAUSE);
}

look();
