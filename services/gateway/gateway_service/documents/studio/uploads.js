// Pictures in pieces, by tus 1.0: what was interrupted goes on where it was.

import { Problem, session } from "./api.js";

const TUS = { "Tus-Resumable": "1.0.0" };
const PIECE_BYTES = 1024 * 1024; // small enough for the bar to move on a phone

export class Upload {
  /** `onprogress` is called with the part that has arrived, 0 to 1. */
  constructor(file, onprogress) {
    this.file = file;
    this.address = null;
    this.sent = 0;
    this.onprogress = onprogress;
  }

  /** Sends what is missing and resolves with the asset's id; where it rejects with Unreachable, ask again. */
  async run() {
    if (!this.address || !(await this.#isKept())) await this.#create();
    let assetId = null;
    while (!assetId) assetId = await this.#piece();
    return assetId;
  }

  async cancel() {
    if (this.address) await session.call("DELETE", this.address, { headers: TUS });
  }

  async #create() {
    const headers = { ...TUS, "Upload-Length": String(this.file.size), "Upload-Metadata": `filename ${base64(this.file.name)}` };
    const answer = await session.patiently("POST", "/uploads", { headers });
    this.address = new URL(answer.headers.get("Location"), location.href).pathname;
    this.#arrived(0);
  }

  /** An upload that nobody goes on with is removed after some time: it begins anew then. */
  async #isKept() {
    try {
      await this.#ask();
      return true;
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 404) throw error;
      return false;
    }
  }

  async #ask() {
    const answer = await session.patiently("HEAD", this.address, { headers: TUS });
    this.#arrived(Number(answer.headers.get("Upload-Offset")));
  }

  async #piece() {
    const headers = { ...TUS, "Content-Type": "application/offset+octet-stream", "Upload-Offset": String(this.sent) };
    const body = this.file.slice(this.sent, this.sent + PIECE_BYTES);
    try {
      const answer = await session.patiently("PATCH", this.address, { headers, body });
      this.#arrived(Number(answer.headers.get("Upload-Offset")));
      return answer.headers.get("Asset-ID");
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 409) throw error;
      await this.#ask(); // a piece of which we did not hear that it had arrived
      return null;
    }
  }

  #arrived(offset) {
    this.sent = offset;
    this.onprogress(this.file.size ? offset / this.file.size : 1);
  }
}

function base64(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}

const ASK_AGAIN_MS = 1000;

/** The asset once it is ready or has failed. */
export async function settled(assetId) {
  for (;;) {
    const { body } = await session.patiently("GET", `/assets/${assetId}`);
    if (body.state !== "processing") return body;
    await new Promise((resolve) => setTimeout(resolve, ASK_AGAIN_MS));
  }
}
