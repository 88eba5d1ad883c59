/** What the page looks like. It is part of the page itself: nothing is asked for elsewhere. */
export const style = `
:root { color-scheme: light dark; --ink: #16181d; --soft: #565c68; --line: #d9dce3; --paper: #fff; --ground: #f3f4f7; --good: #146c3a; --accent: #1f4fd1; --on-accent: #fff }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef3; --soft: #a7aebb; --line: #343944; --paper: #1b1e24; --ground: #111318; --good: #6fd99b; --accent: #9db8ff; --on-accent: #0d1220 } }
* { box-sizing: border-box }
body { margin: 0; min-height: 100vh; background: var(--ground); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; display: grid; grid-template-rows: 1fr auto; justify-items: center; padding: 1rem }
main { align-self: center; width: 100%; max-width: 46rem; background: var(--paper); border: 1px solid var(--line); border-radius: 1rem; padding: clamp(1.25rem, 4vw, 2.5rem); display: grid; gap: 1.5rem }
h1 { font-size: 1rem; font-weight: 600; margin: 0; color: var(--soft) }
h2 { font-size: 1rem; font-weight: 600; margin: 0 0 .5rem }
p { margin: 0 }
.amount { font-size: clamp(2rem, 8vw, 3rem); line-height: 1.15; font-weight: 650; font-variant-numeric: tabular-nums; overflow-wrap: anywhere }
.amount span { font-size: .5em; font-weight: 500; color: var(--soft) }
.for { font-size: 1.125rem; overflow-wrap: anywhere }
.status { display: flex; gap: .6rem; align-items: center; padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .6rem; font-weight: 550 }
.status::before { content: ""; width: .7rem; height: .7rem; border-radius: 50%; border: 2px solid var(--soft); flex: none }
.status[data-status="PAID"] { color: var(--good); border-color: var(--good) }
.status[data-status="PAID"]::before { background: var(--good); border-color: var(--good) }
.how { display: grid; gap: 1.5rem; grid-template-columns: minmax(0, 1fr) }
@media (min-width: 38rem) { .how { grid-template-columns: 14rem minmax(0, 1fr) } }
figure { margin: 0 }
figure svg { display: block; width: 100%; max-width: 14rem; height: auto; background: #fff; padding: .6rem; border-radius: .6rem; border: 1px solid var(--line) }
figcaption, .hint, footer, dt { color: var(--soft); font-size: .875rem }
.how > div { display: grid; gap: 1rem; align-content: start }
h2 + dl { margin-top: -.5rem }
dl { margin: 0; display: grid; gap: .75rem }
dd { margin: 0; overflow-wrap: anywhere }
code { font: .875rem/1.4 ui-monospace, monospace; overflow-wrap: anywhere }
form { display: grid; gap: .5rem }
.row { display: flex; gap: .5rem; flex-wrap: wrap }
input { font: inherit; color: inherit; background: transparent; border: 1px solid var(--soft); border-radius: .5rem; padding: .5rem .75rem; min-width: 0; width: 10rem }
button, .button { font: inherit; font-weight: 600; color: var(--on-accent); background: var(--accent); border: 0; border-radius: .5rem; padding: .5rem 1rem; text-decoration: none; display: inline-block; cursor: pointer }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px }
footer { padding: 1rem; text-align: center }
[hidden] { display: none }
`

/** Asks now and then whether it is paid; without it the page says so when it is loaded again. */
export const script = `
const line = document.querySelector('[data-status]')
const words = JSON.parse(line.dataset.words)
const how = document.querySelector('.how')
async function look() {
  try {
    const answer = await fetch(line.dataset.from, { headers: { accept: 'application/json' } })
    if (!answer.ok) throw new Error(String(answer.status))
    const { status, isSettling } = await answer.json()
    const name = status === 'OPEN' && isSettling ? 'SETTLING' : status
    if (line.dataset.status !== name) {
      line.dataset.status = name
      line.textContent = words[name]
    }
    if (how) how.hidden = status !== 'OPEN'
    if (status === 'OPEN' || isSettling) setTimeout(look, 3000)
  } catch {
    setTimeout(look, 10000)
  }
}
if (line.dataset.status === 'OPEN' || line.dataset.status === 'SETTLING') setTimeout(look, 3000)
`
