// Two people changed the same post: the author chooses, and sees between what.

import { session } from "./api.js";
import { comparison } from "./diff.js";
import { choose } from "./dialogs.js";
import { h } from "./dom.js";
import { say } from "./phrases.js";

/** Resolves to whether what was typed is saved. */
export async function resolved(editor) {
  const theirs = await session.patiently("GET", `/posts/${editor.post.id}`);
  const mine = editor.fields.value;
  const chosen = await choose(say("conflict"), [h("p", {}, say("conflict_why")), comparison(theirs.body.body, mine.body)], [
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

async function copied(editor, mine) {
  const { slug: _, ...fields } = mine;
  const json = { ...fields, title: say("copy_of", { title: mine.title }).slice(0, 200) };
  const answer = await session.patiently("POST", "/posts", { json, headers: { "Idempotency-Key": crypto.randomUUID() } });
  editor.leave(say("saved"));
  location.hash = `#/posts/${answer.body.id}`;
}
