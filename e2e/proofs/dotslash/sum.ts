const sum: number = 6 * 7;
console.log(sum);
