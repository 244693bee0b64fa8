// What people are told of a refusal, by its code (contracts/problems.yaml): in English, in German. The server's own words are for programmers.

import { language } from "./phrases.js";

const LOG_IN = ["Your log-in is not valid any more. Log in again.", "Die Anmeldung gilt nicht mehr. Bitte neu anmelden."];
const NOT_ALLOWED = ["Your account may not do this.", "Ihr Konto darf das nicht."];
const RELOAD = [
  "This page and the server do not understand each other. Reload the page: what you typed is kept in this browser.",
  "Diese Seite und der Server verstehen einander nicht. Bitte die Seite neu laden: Geschriebenes ist in diesem Browser aufbewahrt.",
];
const BROKE_OFF = ["The connection broke off. Try again; nothing is lost.", "Die Verbindung brach ab. Bitte noch einmal; verloren ist nichts."];
const DEFECT = ["Something went wrong on the server. Try again; nothing is lost.", "Auf dem Server ging etwas schief. Bitte noch einmal; verloren ist nichts."];
const GONE = ["There is nothing here (any more).", "Hier ist nichts (mehr)."];
const DONE = ["This was done already. Reload the page to see it.", "Das ist schon geschehen. Nach dem Neuladen der Seite ist es zu sehen."];

const REASONS = {
  // who one is
  invalid_credentials: ["Name or password is wrong.", "Name oder Passwort ist falsch."],
  not_activated: ["This account waits for its activation: follow the link in the e-mail.", "Dieses Konto ist noch nicht aktiviert: bitte dem Link in der E-Mail folgen."],
  account_suspended: ["This account is suspended.", "Dieses Konto ist gesperrt."],
  totp_required: ["This account asks for a code as well.", "Dieses Konto verlangt zusätzlich einen Code."],
  totp_invalid: ["The code is wrong, or too old.", "Der Code ist falsch oder zu alt."],
  step_up_required: ["Confirm this with your password.", "Bitte mit dem Passwort bestätigen."],
  token_missing: LOG_IN,
  token_malformed: LOG_IN,
  token_signature: LOG_IN,
  token_expired: LOG_IN,
  token_not_yet_valid: LOG_IN,
  token_issuer: LOG_IN,
  token_audience: LOG_IN,
  token_algorithm: LOG_IN,
  token_revoked: LOG_IN,
  refresh_token_expired: LOG_IN,
  refresh_token_invalid: LOG_IN,
  refresh_token_reused: LOG_IN,
  refresh_token_revoked: LOG_IN,
  session_required: LOG_IN,
  csrf_failed: ["This page is too old. Reload it: what you typed is kept in this browser.", "Diese Seite ist zu alt. Bitte neu laden: Geschriebenes ist in diesem Browser aufbewahrt."],
  scope_missing: NOT_ALLOWED,
  role_missing: NOT_ALLOWED,
  permission_denied: NOT_ALLOWED,
  too_many_tokens: ["You have as many tokens as may be. Delete one first.", "Mehr Tokens gibt es nicht. Bitte erst eines löschen."],
  // posts
  post_not_found: ["This post is not here (any more).", "Diesen Beitrag gibt es hier nicht (mehr)."],
  revision_not_found: ["This revision is not kept any more.", "Diese Fassung ist nicht mehr aufbewahrt."],
  preview_not_found: ["This preview link has ended.", "Dieser Vorschau-Link ist zu Ende."],
  not_the_author: ["Only its authors may do this.", "Das dürfen nur die, von denen es ist."],
  slug_taken: ["Another post has this address, or had it.", "Diese Adresse hat ein anderer Beitrag, oder er hatte sie."],
  precondition_failed: ["It was changed elsewhere since you opened it. Reload the page.", "Es wurde anderswo geändert, seit es hier geöffnet ist. Bitte die Seite neu laden."],
  transition_refused: ["The post has taken another step in the meantime. Reload the page.", "Der Beitrag ist inzwischen in einem anderen Zustand. Bitte die Seite neu laden."],
  // comments
  comment_not_found: ["This comment is not here (any more).", "Diesen Kommentar gibt es nicht (mehr)."],
  comment_not_yours: ["Only who wrote a comment may do this.", "Das darf nur, wer den Kommentar geschrieben hat."],
  comments_closed: ["This post takes no comments.", "Dieser Beitrag nimmt keine Kommentare an."],
  moderator_needed: ["A moderator must decide about this.", "Darüber entscheidet die Moderation."],
  // pictures
  asset_in_use: ["The picture is still shown somewhere. Take it out there first.", "Das Bild ist noch zu sehen. Bitte zuerst dort herausnehmen."],
  asset_taken_down: ["The picture was taken down, and may not be shown.", "Das Bild wurde gesperrt und darf nicht gezeigt werden."],
  quota_exceeded: ["Your room for pictures is used up. Delete some first.", "Ihr Platz für Bilder ist belegt. Bitte erst welche löschen."],
  image_refused: ["This picture cannot be read.", "Dieses Bild lässt sich nicht lesen."],
  unsupported_media_type: ["This is no picture of a kind that is taken. Save it as another one, such as JPEG.", "Bilder dieser Art gehen hier nicht. Bitte anders speichern, etwa als JPEG."],
  offset_conflict: BROKE_OFF,
  // requests
  answer_forgotten: DONE,
  idempotency_in_progress: ["The same is being done already. Try again in a moment.", "Dasselbe geschieht gerade schon. Bitte gleich noch einmal."],
  idempotency_key_reused: DONE,
  validation_failed: ["Something in this is not right.", "Etwas daran stimmt nicht."],
  request_timeout: BROKE_OFF,
  request_incomplete: BROKE_OFF,
  internal_error: DEFECT,
  error: DEFECT,
  not_found: GONE,
  route_unknown: RELOAD,
  version_unknown: RELOAD,
  method_not_allowed: RELOAD,
  method_override_refused: RELOAD,
  path_ambiguous: RELOAD,
  header_invalid: RELOAD,
  uri_too_long: RELOAD,
  bad_request: RELOAD,
  request_refused: RELOAD,
  parse_error: RELOAD,
  not_acceptable: RELOAD,
  precondition_required: RELOAD,
  cursor_invalid: RELOAD,
  field_unknown: RELOAD,
  filter_invalid: RELOAD,
  filter_unknown: RELOAD,
  include_unknown: RELOAD,
  id_invalid: RELOAD,
  idempotency_key_invalid: RELOAD,
  idempotency_key_missing: RELOAD,
  operation_invalid: RELOAD,
  too_many: RELOAD,
  tus_version: RELOAD,
  upload_header_invalid: RELOAD,
};

/** Of a picture that was refused. */
const CAUSES = {
  truncated: ["The picture is cut off at its end.", "Das Ende des Bildes fehlt."],
  damaged: ["The picture is damaged.", "Das Bild ist beschädigt."],
  checksum: ["The picture is damaged.", "Das Bild ist beschädigt."],
  undecodable: ["The picture is damaged.", "Das Bild ist beschädigt."],
  no_size: ["The picture is damaged.", "Das Bild ist beschädigt."],
  no_picture: ["There is no picture in this file.", "In dieser Datei ist kein Bild."],
  coding: ["Browsers cannot show a picture of this kind. Save it as another one, such as JPEG.", "Bilder dieser Art zeigt kein Browser. Bitte anders speichern, etwa als JPEG."],
  segments: ["The picture is made of too many parts. Save it anew, such as JPEG.", "Das Bild besteht aus zu vielen Teilen. Bitte neu speichern, etwa als JPEG."],
};

const FILL_IN = ["Please fill this in.", "Bitte ausfüllen."];
const TOO_MUCH = ["This is too long, or too many.", "Das ist zu lang oder zu viel."];
const TOO_LITTLE = ["This is too short, or too few.", "Das ist zu kurz oder zu wenig."];
const UNFIT = ["This cannot be used as it is.", "So lässt sich das nicht verwenden."];
const NO_TEXT = ["There is a character in it that cannot be shown.", "Darin ist ein Zeichen, das sich nicht zeigen lässt."];

/** Of a field, by the code of its error. */
const FIELDS = {
  required: FILL_IN,
  null: FILL_IN,
  blank: FILL_IN,
  empty: FILL_IN,
  invisible: FILL_IN,
  max_length: TOO_MUCH,
  max_string_length: TOO_MUCH,
  max_value: TOO_MUCH,
  min_length: TOO_LITTLE,
  min_value: TOO_LITTLE,
  invalid: UNFIT,
  invalid_choice: UNFIT,
  not_a_list: UNFIT,
  date: UNFIT,
  make_aware: UNFIT,
  overflow: UNFIT,
  offset_missing: UNFIT,
  unexpected: UNFIT,
  characters: NO_TEXT,
  null_characters_not_allowed: NO_TEXT,
  surrogate_characters_not_allowed: NO_TEXT,
  direction: ["A mark of writing direction in it is left open.", "Darin ist ein Zeichen für die Schreibrichtung nicht geschlossen."],
  past: ["This moment has passed. Choose a later one.", "Dieser Zeitpunkt ist vorbei. Bitte einen späteren wählen."],
  unknown: ["The server does not know this (any more).", "Das kennt der Server nicht (mehr)."],
  twice: ["This is in it twice.", "Das ist doppelt."],
  too_complex: ["The text is too deeply nested. Make it simpler.", "Der Text ist zu tief verschachtelt. Bitte vereinfachen."],
  nested: ["This is a reply itself. Reply to what it replies to.", "Das ist selbst eine Antwort. Bitte auf das antworten, worauf sie antwortet."],
};

/** What to say of a problem's body; undefined of what is not known here. */
export function reason({ code, cause }) {
  return inOurWords(code === "image_refused" ? CAUSES[cause] : undefined) ?? inOurWords(REASONS[code]);
}

/** What to say of one of its `errors`. */
export function fault({ code, detail }) {
  return inOurWords(FIELDS[code]) ?? detail;
}

function inOurWords(phrases) {
  return phrases?.[language === "de" ? 1 : 0];
}
