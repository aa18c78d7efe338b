//! What `bazel cquery --output=graph --nograph:factored --consistent_labels` prints: which target needs which.

use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Read as _};

/// The longest line that is read: two labels with their configurations.
const MAX_LINE: u64 = 1 << 16;
/// The most targets and edges that are kept; a workspace with a million targets has less.
const MAX_NODES: usize = 8_000_000;
const MAX_EDGES: usize = 64_000_000;

/// Targets by their labels, whatever their configurations.
#[derive(Debug, Default)]
pub struct TargetGraph {
    labels: Vec<String>,
    numbers: HashMap<String, u32>,
    edges: Vec<(u32, u32)>,
}

impl TargetGraph {
    /// Reads a graph as it comes.
    pub fn read(mut text: impl BufRead) -> io::Result<Self> {
        let mut graph = Self::default();
        let mut line = String::new();
        while {
            line.clear();
            text.by_ref().take(MAX_LINE).read_line(&mut line)?
        } > 0
        {
            let Some(edge) = line.trim().strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { continue };
            let mut ends = edge.splitn(2, "\" -> \"");
            let Some(from) = ends.next().map(label) else { continue };
            let from = graph.number(from)?;
            if let Some(to) = ends.next().map(label) {
                let to = graph.number(to)?;
                graph.edge(from, to)?;
            }
        }
        Ok(graph)
    }

    fn number(&mut self, label: &str) -> io::Result<u32> {
        if let Some(number) = self.numbers.get(label) {
            return Ok(*number);
        }
        if self.labels.len() == MAX_NODES {
            return Err(io::Error::other(format!("it has more than {MAX_NODES} targets")));
        }
        let number = u32::try_from(self.labels.len()).map_err(io::Error::other)?;
        self.labels.push(label.to_owned());
        self.numbers.insert(label.to_owned(), number);
        Ok(number)
    }

    fn edge(&mut self, from: u32, to: u32) -> io::Result<()> {
        if self.edges.len() == MAX_EDGES {
            return Err(io::Error::other(format!("it has more than {MAX_EDGES} edges")));
        }
        // One label in two configurations needs nothing of itself that matters here.
        if from != to && self.edges.last() != Some(&(from, to)) {
            self.edges.push((from, to));
        }
        Ok(())
    }

    /// The shortest way to each target from one of `roots`. Of two as short the one by the labels that come first.
    pub fn shortest<'a>(&self, roots: impl IntoIterator<Item = &'a str>) -> Paths<'_> {
        // By rank, which is the order of labels.
        let mut by_label: Vec<u32> = (0..).take(self.labels.len()).collect();
        by_label.sort_unstable_by_key(|number| &self.labels[*number as usize]);
        let mut ranks = vec![0_u32; self.labels.len()];
        for (rank, number) in (0_u32..).zip(&by_label) {
            ranks[*number as usize] = rank;
        }
        let mut needs: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
        for (from, to) in &self.edges {
            needs.entry(ranks[*from as usize]).or_default().push(ranks[*to as usize]);
        }
        for list in needs.values_mut() {
            list.sort_unstable();
            list.dedup();
        }
        let labels: Vec<&str> = by_label.iter().map(|number| self.labels[*number as usize].as_str()).collect();
        let mut parents: Vec<Option<u32>> = vec![None; labels.len()];
        let mut seen = vec![false; labels.len()];
        let mut order: Vec<u32> =
            roots.into_iter().filter_map(|root| Some(ranks[*self.numbers.get(root)? as usize])).collect();
        order.sort_unstable();
        order.dedup();
        for root in &order {
            seen[*root as usize] = true;
        }
        let mut next = 0;
        while let Some(&from) = order.get(next) {
            next += 1;
            for &to in needs.get(&from).into_iter().flatten() {
                if !std::mem::replace(&mut seen[to as usize], true) {
                    parents[to as usize] = Some(from);
                    order.push(to);
                }
            }
        }
        Paths { labels, parents, order }
    }
}

/// A node without its configuration, as in `@@x//:y (1a2b3c4)`.
fn label(node: &str) -> &str {
    node.strip_suffix(')').and_then(|node| node.rsplit_once(" (")).map_or(node, |(label, _)| label)
}

/// What can be reached, the nearest first.
pub struct Paths<'a> {
    labels: Vec<&'a str>,
    parents: Vec<Option<u32>>,
    order: Vec<u32>,
}

impl<'a> Paths<'a> {
    /// What was reached: the label and a handle for `chain`.
    pub fn reached(&self) -> impl Iterator<Item = (u32, &'a str)> + '_ {
        self.order.iter().map(|number| (*number, self.labels[*number as usize]))
    }

    /// The way to a target, from a root to it.
    pub fn chain(&self, to: u32) -> Vec<String> {
        let parents = std::iter::successors(Some(to), |number| self.parents[*number as usize]);
        let mut chain: Vec<String> = parents.map(|number| shown(self.labels[number as usize])).collect();
        chain.reverse();
        chain
    }
}

/// A canonical label as people write it: those of the main repository without its empty name.
pub fn shown(label: &str) -> String {
    label.strip_prefix("@@").filter(|rest| rest.starts_with("//")).unwrap_or(label).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shortest_way_and_of_two_the_first_by_name() {
        let text = r#"digraph mygraph {
  node [shape=box];
  "@@//:b (1)"
  "@@//:b (1)" -> "@@m//:x (1)"
  "@@//:a (1)" -> "@@//:long (1)"
  "@@//:a (2)" -> "@@m//:x (null)"
  "@@//:long (1)" -> "@@n//:y (1)"
  "@@//:other (1)" -> "@@n//:y (1)"
}
"#;
        let graph = TargetGraph::read(text.as_bytes()).unwrap();
        let paths = graph.shortest(["@@//:b", "@@//:a", "@@//:gone"]);
        let chains: Vec<_> = paths.reached().map(|(number, _)| paths.chain(number).join(" ")).collect();
        assert_eq!(chains, ["//:a", "//:b", "//:a //:long", "//:a @@m//:x", "//:a //:long @@n//:y"]);
    }

    #[test]
    fn lines_of_another_form_are_passed_over() {
        let long = format!("\"{}\"", "x".repeat(200_000));
        let text = format!("}}\n\"\n\"a\n{long}\n\"@@//:odd\\\"name (null)\"\n");
        let graph = TargetGraph::read(text.as_bytes()).unwrap();
        assert_eq!(graph.labels, ["@@//:odd\\\"name"]);
    }
}
