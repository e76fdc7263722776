export interface StormResult {
  acknowledged: number;
  lost: string[];
  unacknowledged: number;
  kills: number;
  reads: number;
  tornReads: number;
  failures: number;
  errors: string[];
  rev: number;
  leftOver: number;
  seconds: number;
}
export declare function storm(options?: {
  writers?: number;
  updates?: number;
  killEveryMs?: number;
}): Promise<StormResult>;
