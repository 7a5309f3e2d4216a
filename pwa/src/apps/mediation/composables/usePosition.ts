import { ref } from "vue";

const patienceMs = 15_000;

/** Where the phone is, asked only when the person presses the button. */
export function usePosition() {
  const busy = ref(false);
  const refused = ref(false);

  function find(): Promise<{ latitude: number; longitude: number } | undefined> {
    busy.value = true;
    refused.value = false;
    const done = <T>(value: T): T => {
      busy.value = false;
      return value;
    };
    return new Promise((resolve) => {
      navigator.geolocation.getCurrentPosition(
        ({ coords }) => resolve(done({ latitude: coords.latitude, longitude: coords.longitude })),
        () => {
          refused.value = true;
          resolve(done(undefined));
        },
        { enableHighAccuracy: true, timeout: patienceMs, maximumAge: 60_000 },
      );
    });
  }

  return { busy, refused, find, supported: "geolocation" in navigator };
}
