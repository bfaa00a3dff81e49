/** How long nobody may type, in minutes, where the clinic's settings do not say. */
const usualIdleMinutes = 10;

/** What may end a conversation, or be told in it, from outside. */
export interface SessionWatch {
  readonly closing: AbortSignal;
  /** Why it was closed. */
  why(): 'idle' | 'changed' | undefined;
  close(why: 'idle' | 'changed'): void;
  /** Somebody is there: the time without a key begins anew. */
  touch(): void;
  /** No more time is counted. */
  stop(): void;
  tell(problem: string): void;
  /** Where problems go. */
  listen(say: (problem: string) => void): void;
}

/** A watch that closes after so many minutes without a key. It counts from the first `touch` on. */
export function watchOver(minutes = usualIdleMinutes): SessionWatch {
  const closing = new AbortController();
  const at: { why?: 'idle' | 'changed'; timer?: NodeJS.Timeout; say?: (problem: string) => void } = {};
  const close = (why: 'idle' | 'changed'): void => {
    at.why ??= why;
    closing.abort();
  };
  return {
    closing: closing.signal,
    why: () => at.why,
    close,
    touch() {
      clearTimeout(at.timer);
      at.timer = setTimeout(() => close('idle'), minutes * 60_000);
    },
    stop: () => clearTimeout(at.timer),
    tell: (problem) => at.say?.(problem),
    listen(say) {
      at.say = say;
    },
  };
}
