import { type Ref, onScopeDispose, ref, shallowRef } from "vue";

/** "off": not started, or the page is hidden. What to do about the last three is said by `CameraProblem.vue`. */
export type CameraState = "off" | "asking" | "ready" | "denied" | "none" | "busy";
export type Facing = "user" | "environment";

/** Enough for a frame of a burst, little enough for a cheap phone. A phone held upright turns the numbers round. */
const wanted = { width: { ideal: 960 }, height: { ideal: 720 } };

/** What an error of getUserMedia means to the person. */
export function stateAfter(problem: unknown): CameraState {
  const name = problem instanceof DOMException ? problem.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "denied";
  if (name === "NotReadableError" || name === "AbortError") return "busy";
  return "none";
}

async function open(facing: Facing): Promise<MediaStream> {
  // Missing outside https, and in browsers without a camera at all.
  if (!("mediaDevices" in navigator)) throw new DOMException("no camera here", "NotFoundError");
  return navigator.mediaDevices.getUserMedia({ audio: false, video: { facingMode: facing, ...wanted } });
}

const close = (stream: MediaStream | undefined) => stream?.getTracks().forEach((track) => track.stop());

async function permission(): Promise<PermissionStatus | undefined> {
  // Some browsers do not know the name "camera" and reject.
  return navigator.permissions?.query({ name: "camera" as PermissionName }).catch(() => undefined);
}

/**
 * The camera, shown in `video` while the page is seen: it stops when the page is hidden (the light goes out) and
 * starts again with it, and stops for good on unmount.
 */
export function useCamera(video: Readonly<Ref<HTMLVideoElement | null | undefined>>, facing: Facing) {
  const state = ref<CameraState>("off");
  const stream = shallowRef<MediaStream>();
  /** Whether the page wants a picture, also while it is hidden. */
  let desired = false;
  /** Answers to an older question than this one are thrown away. */
  let turn = 0;
  let watched: PermissionStatus | undefined;

  function release(next: CameraState): void {
    turn += 1;
    close(stream.value);
    stream.value = undefined;
    if (video.value) video.value.srcObject = null;
    state.value = next;
  }

  async function start(): Promise<void> {
    desired = true;
    if (document.visibilityState === "hidden") return;
    release("asking");
    const mine = turn;
    try {
      const opened = await open(facing);
      if (mine !== turn) return close(opened);
      stream.value = opened;
      opened.getVideoTracks().forEach((track) => track.addEventListener("ended", () => void lost(opened)));
      await play(opened);
      if (mine === turn) state.value = "ready";
      void watchPermission();
    } catch (problem) {
      if (mine === turn) release(stateAfter(problem));
      void watchPermission();
    }
  }

  async function play(opened: MediaStream): Promise<void> {
    if (!video.value) return;
    video.value.srcObject = opened;
    await video.value.play();
  }

  /** The device was unplugged, or the permission taken back while it ran. */
  async function lost(ended: MediaStream): Promise<void> {
    if (stream.value !== ended) return;
    release("none");
    if ((await permission())?.state === "denied" && state.value === "none") state.value = "denied";
  }

  /** A permission given in the browser's settings starts the camera without another tap. */
  async function watchPermission(): Promise<void> {
    watched ??= await permission();
    if (!watched) return;
    watched.onchange = () => {
      if (watched?.state === "granted" && state.value === "denied") void start();
    };
  }

  function stop(): void {
    desired = false;
    release("off");
  }

  function onVisibility(): void {
    if (!desired) return;
    if (document.visibilityState === "hidden") release("off");
    else if (state.value === "off") void start();
  }

  document.addEventListener("visibilitychange", onVisibility);
  onScopeDispose(() => {
    document.removeEventListener("visibilitychange", onVisibility);
    if (watched) watched.onchange = null;
    stop();
  });

  return { state, stream, start, stop };
}
