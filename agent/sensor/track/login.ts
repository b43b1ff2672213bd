import type { Facts } from './facts.js';

const LINE_MAX = 256;
const NAME_MAX = 64;
/** Prompts stand at the end of what is shown: a word, a colon, perhaps a blank. Japanese devices say them in theirs. */
const NAME_PROMPT = /(?:login|user ?name|user ?id|user|account|ログイン名?|ユーザー?名?)(?: name)?\s*[:：]\s*$/i;
const PASSWORD_PROMPT = /(?:pass ?word|pass ?code|passwd|パスワード)[^:：\n]{0,40}[:：]\s*$/i;
const FAILURE =
  /(?:login|password|authentication|authorization|access|user ?name|permission)[^\n]{0,40}(?:incorrect|fail|fault|denied|invalid|error|wrong|bad|refused)|(?:incorrect|invalid|bad|wrong|unknown|unauthori[sz]ed)[^\n]{0,20}(?:login|password|user|access|account)|too many (?:failures|attempts)|パスワードが(?:違|正しく)/i;
const SUCCESS = /last login|welcome|logged in|login successful|you have (?:new )?mail/i;
/** A prompt of a shell or of a device: `user@host:~$ `, `Router>`, `RTX1210# `. */
const SHELL_PROMPT = /(?:^|[\r\n])[^\r\n]{0,80}[$#>%\]]\s*$/;

type State = 'nothing' | 'name' | 'password' | 'answer';

/**
 * A login at a terminal, told from what is shown and typed, in order: the name is kept, what is typed at a prompt for
 * a password never is.
 */
export class Login {
  /** It is known how it ended. */
  isOver = false;
  readonly #facts: Facts;
  #state: State = 'nothing';
  #shown = '';
  #typed = '';
  /** Typed, and not told before a password was. */
  #name: string | undefined;
  #isAfterReturn = false;

  constructor(facts: Facts) {
    this.#facts = facts;
  }

  /** Something was not seen: what is typed next could be anything. */
  forget(): void {
    this.#go('nothing');
  }

  /** Text of the server. */
  onShown(text: string): void {
    this.#shown = (this.#shown + inUtf8(text)).slice(-LINE_MAX);
    const shown = this.#shown;
    if (this.#state === 'answer' && FAILURE.test(shown)) this.#fail();
    if (PASSWORD_PROMPT.test(shown)) {
      // Another prompt right after a password: the one before was wrong, or it is the one of a second step.
      if (this.#state === 'answer') this.#facts.set('hinomi.session.outcome', 'failure');
      this.#go('password');
    } else if (NAME_PROMPT.test(shown) && !/last login/i.test(shown.split(/[\r\n]/).at(-1) ?? '')) {
      if (this.#state === 'answer') this.#facts.set('hinomi.session.outcome', 'failure');
      this.#go('name');
    } else if (this.#state === 'answer' && (SUCCESS.test(shown) || SHELL_PROMPT.test(shown))) {
      this.#facts.set('hinomi.session.outcome', 'success');
      this.isOver = true;
    }
  }

  /** Text of the client. */
  onTyped(text: string): void {
    for (const character of text) {
      // RFC 854: a return is followed by a line feed or a zero, which may come when the next prompt is there already.
      const isSecond = this.#isAfterReturn && (character === '\n' || character === '\0');
      this.#isAfterReturn = character === '\r';
      if (isSecond) continue;
      if (character === '\r' || character === '\n') this.#onLine();
      else if (this.#state === 'name') this.#typed = typed(this.#typed, character);
    }
  }

  #onLine(): void {
    if (this.#state === 'name' && this.#typed !== '') {
      this.#name = inUtf8(this.#typed);
      this.#facts.first('user.name', this.#name);
      // What is typed ahead of the next prompt is not looked at.
      this.#go('nothing');
    } else if (this.#state === 'password') {
      // Of several tries the last that was made to its end.
      this.#facts.set('user.name', this.#name);
      this.#name = undefined;
      this.#facts.set('hinomi.session.cleartext_login', true);
      this.#facts.set('hinomi.session.auth_method', 'password');
      this.#go('answer');
    }
  }

  #fail(): void {
    this.#facts.set('hinomi.session.outcome', 'failure');
    this.#state = 'nothing';
  }

  #go(state: State): void {
    this.#state = state;
    this.#typed = '';
    this.#shown = '';
  }
}

/** Backspace and delete take a character back, ^U and ^W all of them. */
function typed(before: string, character: string): string {
  if (character === '\b' || character === '\x7f') return before.slice(0, -1);
  if (character === '\x15' || character === '\x17') return '';
  if (character < ' ') return before;
  return before.length < NAME_MAX ? before + character : before;
}

function inUtf8(text: string): string {
  return Buffer.from(text, 'latin1').toString('utf8');
}
