/** A short touch that says "now" without a look at the screen. Browsers refuse it before the first tap. */
export function vibrate(ms: number): void {
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(ms);
}
