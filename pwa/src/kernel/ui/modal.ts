let layers = 0;

/** While a sheet is open neither keyboard nor screen reader reaches the page below. Returns how to give it back. */
export function holdPage(): () => void {
  const page = document.getElementById("app");
  const before = document.activeElement;
  layers += 1;
  if (page) page.inert = true;
  return () => {
    layers -= 1;
    if (page && layers === 0) page.inert = false;
    if (before instanceof HTMLElement && before.isConnected) before.focus({ preventScroll: true });
  };
}
