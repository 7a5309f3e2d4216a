import type { AppManifest } from "@/kernel/manifest";
import { cockpit } from "@/apps/cockpit";
import { mediation } from "@/apps/mediation";
import { oversight } from "@/apps/oversight";
import { rehab } from "@/apps/rehab";
import { reunion } from "@/apps/reunion";

/** The product's table of contents. */
export const installed: readonly AppManifest[] = [mediation, oversight, rehab, reunion, cockpit];
