// Two people changed the same post: the author chooses, and sees between what.

import { session } from "./api.js";
import { comparison } from "./diff.js";
import { choose } from "./dialogs.js";
import { h } from "./dom.js";
import { say } from "./phrases.js";

/** Resolves to whether what was typed is saved. Nobody is asked where the other side is of oneself, or says the same. */
export async function resolved(editor) {
  const theirs = await session.patiently("GET", `/posts/${editor.post.id}`);
  const mine = editor.fields.value;
  const known = [mine, editor.post, editor.unanswered].filter(Boolean).map((fields) => ({ ...editor.post, ...fields }));
  if (known.some((fields) => isSame(fields, theirs.body, mine))) return editor.overwrite(theirs.headers.get("ETag"));
  const between = comparison(readable(theirs.body), readable({ ...theirs.body, ...mine }));
  const chosen = await choose(say("conflict"), [h("p", {}, say("conflict_why")), between], [
    [say("conflict_mine"), "mine", "primary"],
    [say("conflict_theirs"), "theirs"],
    [say("conflict_copy"), "copy"],
    [say("close"), null],
  ]);
  if (chosen === "mine") return editor.overwrite(theirs.headers.get("ETag"));
  if (chosen === "theirs") await editor.reload({ keep: true });
  if (chosen === "copy") await copied(editor, mine);
  return false;
}

/** Whether a post says what is known. Its summary and slug count where mine would replace them. */
function isSame(known, theirs, mine) {
  const kept = ["summary", "slug"].every((name) => !(name in mine) || known[name] === theirs[name]);
  return kept && written(known) === written(theirs);
}

/** What an author writes in a post, to be compared; the server makes the rest where nobody does. */
function written({ title, body, tags, images, comments_open }) {
  return JSON.stringify([title, body, [...tags].sort(), images.map(({ media_id, alt, caption }) => [media_id, alt, caption]), comments_open]);
}

function readable({ title, slug, summary, tags, body }) {
  return [title, `/${slug}`, summary, tags.map((tag) => `#${tag}`).join(" "), "", body].join("\n");
}

async function copied(editor, mine) {
  const { slug: _, ...fields } = mine;
  const json = { ...fields, title: say("copy_of", { title: mine.title }).slice(0, 200) };
  const answer = await session.patiently("POST", "/posts", { json, headers: { "Idempotency-Key": crypto.randomUUID() } });
  editor.leave(say("saved"));
  location.hash = `#/posts/${answer.body.id}`;
}
