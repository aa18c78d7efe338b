export const answer: number = 6 * 7;
console.log(answer);
