// Where one is in the studio: the address after # says it.

import { accountPage } from "./account.js";
import { session } from "./api.js";
import { logInAgain, logInForm, sure } from "./dialogs.js";
import { button, h, turnPage } from "./dom.js";
import { dropDrafts } from "./drafts.js";
import { editorPage } from "./editor.js";
import { changeLanguage, say } from "./phrases.js";
import { picturesPage } from "./pictures.js";
import { postsPage } from "./posts.js";
import { reviewsPage } from "./reviews.js";

const HOME = "#/posts";
const root = document.getElementById("studio");
const tabs = new BroadcastChannel("studio");
let editor = null; // of the post that is open
let shown = "";

const PAGES = [
  [/^#\/posts\/new$/, (main) => editorPage(main, null)],
  [/^#\/posts\/([0-9a-f-]{36})$/, (main, [, id]) => editorPage(main, id)],
  [/^#\/pictures$/, picturesPage],
  [/^#\/comments$/, reviewsPage],
  [/^#\/account$/, accountPage],
  [/^/, postsPage],
];

session.askBy(logInAgain);
session.addEventListener("entered", () => {
  dropDrafts(session.user.id);
  if (!editor) return;
  editor.close();
  editor = null; // it is another account's, so nobody is asked whether to leave it
  location.reload();
});
session.addEventListener("left", () => {
  dropDrafts();
  tabs.postMessage("left");
});
tabs.addEventListener("message", () => location.reload());
addEventListener("hashchange", () => moved());
addEventListener("beforeunload", (event) => editor?.dirty && session.user && event.preventDefault());

async function moved() {
  if (!session.user || location.hash === shown) return;
  if (editor?.dirty && !(await editor.save()) && !(await sure(say("leave_unsaved"), say("close")))) {
    history.replaceState(null, "", shown);
    return;
  }
  await show();
}

async function show() {
  shown = location.hash;
  turnPage();
  editor?.close();
  editor = null;
  const main = h("main", { id: "content" });
  root.replaceChildren(h("a", { class: "skip", href: "#content", onclick: (event) => skip(event, main) }, say("skip")), masthead(), main);
  main.append(h("p", { class: "loading" }, say("loading")));
  const [pattern, page] = PAGES.find(([each]) => each.test(location.hash));
  const content = h("div");
  try {
    editor = (await page(content, location.hash.match(pattern))) ?? null;
    main.replaceChildren(...content.childNodes);
  } catch (error) {
    main.replaceChildren(h("h1", { tabIndex: -1 }, say("studio")), h("p", { class: "wrong", role: "alert" }, error.status === 404 ? say("not_found") : error.message),
      h("p", {}, button(say("try_again"), show)));
  }
  const heading = main.querySelector("h1");
  document.title = `${heading?.firstChild?.textContent ?? ""} · ${say("studio")}`;
  heading?.focus();
}

function skip(event, main) {
  event.preventDefault();
  main.querySelector("h1")?.focus();
}

function masthead() {
  const [here] = location.hash.match(/^#\/(pictures|comments|account)$/) ?? [HOME];
  const link = (href, name) => h("a", { href, "aria-current": href === here ? "page" : null }, say(name));
  return h("header", { class: "masthead" },
    h("a", { class: "name", href: HOME }, say("studio")),
    h("nav", { "aria-label": say("studio") }, link(HOME, "posts"), link("#/pictures", "pictures"), link("#/comments", "comments"), link("#/account", "account"), h("a", { href: "/posts" }, say("read_pages"))),
    h("p", { class: "buttons" }, button(say("language"), changeLanguage), button(say("log_out"), leave)));
}

async function leave() {
  if (editor?.dirty && !(await editor.save()) && !(await sure(say("leave_unsaved"), say("log_out")))) return;
  editor?.close();
  editor = null;
  enter((await session.leave()) ? "" : say("left_untold"));
}

function enter(told = "") {
  turnPage();
  document.title = say("studio");
  const entered = () => show();
  root.replaceChildren(h("main", { class: "door" }, h("h1", {}, "Broadsheet"), told && h("p", { class: "notice", role: "alert" }, told), logInForm(entered),
    h("p", { class: "buttons" }, button(say("language"), changeLanguage))));
  root.querySelector("input").focus();
}

try {
  if (await session.resume()) await show();
  else enter();
} catch (error) {
  root.replaceChildren(h("main", { class: "door" }, h("h1", {}, "Broadsheet"), h("p", { class: "wrong", role: "alert" }, error.message),
    button(say("try_again"), () => location.reload())));
}
