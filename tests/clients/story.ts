// The story of a writer, told to a client that openapi-typescript has made of version 1: sign up, log in, a picture, a post,
// a comment on it, the bytes of the picture, and what goes wrong.
import { readFileSync } from "node:fs";
import createClient from "openapi-fetch";
import type { paths } from "./schema.js";

const [baseUrl, name, picture] = process.argv.slice(2) as [string, string, string];
const password = "a-long-passphrase-42";
const api = createClient<paths>({ baseUrl });

function must<T>(answer: { data?: T; error?: unknown }): T {
  if (answer.data === undefined) throw new Error(JSON.stringify(answer.error));
  return answer.data;
}

const unfit = await api.POST("/api/v1/auth/users", { body: { email: "nowhere", username: name, password } });
if (unfit.response.status !== 400 || unfit.error === undefined || "code" in unfit.error) throw new Error("no fields");

must(await api.POST("/api/v1/auth/users", { body: { email: `${name}@example.org`, username: name, password } }));

const wrong = await api.POST("/api/v1/auth/jwt/create", { body: { login: name, password: "another-passphrase" } });
if (wrong.response.status !== 401 || wrong.error === undefined || !("code" in wrong.error)) throw new Error("no code");
if (wrong.error.code !== "invalid_credentials") throw new Error(JSON.stringify(wrong.error));

const { access } = must(await api.POST("/api/v1/auth/jwt/create", { body: { login: name, password } }));
api.use({ onRequest: ({ request }) => request.headers.set("Authorization", `Bearer ${access}`) });

const asset = must(
  await api.POST("/api/v1/media", {
    body: { file: "", alt: "The river" },
    bodySerializer: () => {
      const form = new FormData();
      form.set("alt", "The river");
      form.set("file", new Blob([readFileSync(picture)]), "river.jpg");
      return form;
    },
  }),
);
const images = [{ media: asset.id, caption: "At dawn" }];
const post = must(await api.POST("/api/v1/posts", { body: { title: `By ${name}`, body: "# Dawn", images } }));

const path = { slug: post.slug };
let published = false;
for (let tries = 0; !published && tries < 200; tries++) {
  must(await api.POST("/api/v1/posts/{slug}/publish", { params: { path } }));
  published = must(await api.GET("/api/v1/posts/{slug}", { params: { path } })).published;
}
must(await api.POST("/api/v1/posts/{slug}/comments", { params: { path }, body: { body: "Well *seen*." } }));
const comments = must(await api.GET("/api/v1/posts/{slug}/comments", { params: { path } }));

const query = { author: name, page_size: 5 };
const list = must(await api.GET("/api/v1/posts", { params: { query } }));
const { data: photograph } = await api.GET("/api/v1/media/{asset_id}/content", {
  params: { path: { asset_id: asset.id } },
  parseAs: "arrayBuffer",
});
console.log(
  JSON.stringify({
    titles: list.results.map((each) => each.title),
    comments: comments.results.map((each) => each.body),
    bytes: photograph?.byteLength,
    codes: [...Object.keys(unfit.error), wrong.error.code],
  }),
);
